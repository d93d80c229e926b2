import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type ReactNode, useState } from 'react'

/** For dialogs that keys open: what is typed next is meant for them, and must never meet the page behind. */
export const AT_ONCE = { transitionProps: { duration: 0 } } as const

/** For `memo`: a dialog that stays closed is not drawn anew, whatever changes behind it. */
export const staysClosed = (before: { opened: boolean }, now: { opened: boolean }): boolean => !before.opened && !now.opened

/** Ask for a name; `save` runs only for one that is not empty. */
export function askName(title: string, button: string, now: string, save: (name: string) => void): void {
  const id = modals.open({ title, children: <NameForm now={now} button={button} done={(name) => {
    modals.close(id)
    save(name)
  }} /> })
}

function NameForm({ now, button, done }: { now: string; button: string; done: (name: string) => void }) {
  const [name, setName] = useState(now)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') done(name.trim())
      }}
    >
      <Stack>
        <TextInput label="Name" data-autofocus maxLength={200} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ''}>
            {button}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Ask before something that cannot be undone. */
export function confirm(title: string, text: ReactNode, button: string, go: () => void): void {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm: button, cancel: 'Cancel' },
    confirmProps: { color: 'red' },
    onConfirm: go,
  })
}

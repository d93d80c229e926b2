import { Kbd, Modal, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core'
import { memo, useState } from 'react'

import { AT_ONCE } from './dialogs'
import type { Desk } from './useDesk'

const TITLES = { give: 'Which concept?', duplicate: 'Duplicate with which concept?' } as const
const MOST = 200

interface Props {
  desk: Desk
  colour: (concept: string) => string
}

/** Finds a concept by typing some of its letters; Enter takes the first. */
export const ConceptPicker = memo(function ConceptPicker({ desk, colour }: Props) {
  const { picking, pick } = desk
  return (
    <Modal opened={picking !== null} onClose={() => pick(null)} title={TITLES[picking ?? 'give']} size="sm" {...AT_ONCE}>
      {picking !== null && <Choice desk={desk} colour={colour} take={picking === 'give' ? desk.give : desk.copy} />}
    </Modal>
  )
}, (before, now) => before.desk.picking === null && now.desk.picking === null)

function Choice({ desk, colour, take }: { desk: Desk; colour: (concept: string) => string; take: (concept: string) => void }) {
  const [text, setText] = useState('')
  const found = desk.concepts.filter((name) => name.toLowerCase().includes(text.trim().toLowerCase()))
  const choose = (name: string | undefined): void => {
    if (name === undefined) return
    desk.pick(null)
    take(name)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        choose(found[0])
      }}
    >
      <TextInput autoFocus data-autofocus aria-label="Search concepts" placeholder="Search" value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
      <ScrollArea.Autosize mah={320} mt="xs">
        {found.slice(0, MOST).map((name, at) => (
          <UnstyledButton key={name} type="button" className="annotation" onClick={() => choose(name)}>
            <span className="swatch" style={{ background: colour(name) }} />
            <span style={{ flex: 1 }}>{name}</span>
            {at === 0 && <Kbd size="xs">Enter</Kbd>}
          </UnstyledButton>
        ))}
      </ScrollArea.Autosize>
      {found.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          This task has no concept that is called so. Who made the task can add concepts.
        </Text>
      )}
    </form>
  )
}

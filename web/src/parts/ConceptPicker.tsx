import { Kbd, Modal, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useState } from 'react'

import type { Desk } from './useDesk'

const TITLES = { give: 'Which concept?', duplicate: 'Duplicate with which concept?' } as const
const MOST = 200

/** Finds a concept by typing some of its letters; Enter takes the first. */
export function ConceptPicker({ desk, colour }: { desk: Desk; colour: (concept: string) => string }) {
  const { picking, pick } = desk
  return (
    <Modal opened={picking !== null} onClose={() => pick(null)} title={TITLES[picking ?? 'give']} size="sm">
      {picking !== null && <Choice desk={desk} colour={colour} take={picking === 'give' ? desk.give : desk.copy} />}
    </Modal>
  )
}

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
      <TextInput data-autofocus aria-label="Search concepts" placeholder="Search" value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
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

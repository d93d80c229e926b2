import { Group, Kbd, Modal, Text, Title } from '@mantine/core'
import { useSyncExternalStore } from 'react'

import { type Action, ACTIONS, BY_HAND, keyName } from '../actions'
import type { Board } from './board'

const GROUPS = ['Review', 'Label', 'Regions', 'Grid review', 'Input', 'Inputs', 'Limits', 'Go to', 'Everywhere'] as const
const NAMES: Record<(typeof GROUPS)[number], string> = {
  Review: 'Reviewing', Label: 'Labeling', Regions: 'Drawing and changing', 'Grid review': 'Grid review', Input: 'On an input', Inputs: 'Among inputs', Limits: 'On a limit',
  'Go to': 'Go to', Everywhere: 'Everywhere',
}
/** Which part of the page must be there for what hands can do. */
const NEEDS = { Input: 'viewer', Inputs: 'inputs', Regions: 'work' } as const

/** All keys and what hands can do; dimmed is what this page has no use for. */
export function Help({ opened, close, board }: { opened: boolean; close: () => void; board: Board }) {
  return (
    <Modal opened={opened} onClose={close} title="Keys" size={1020}>
      <Keys board={board} />
    </Modal>
  )
}

function Keys({ board }: { board: Board }) {
  const now = useSyncExternalStore(board.watch, () => board.now)
  return (
    <div className="keys">
      {GROUPS.map((group) => (
        <section key={group} aria-label={NAMES[group]}>
          <Title order={3} mb={4}>
            {NAMES[group]}
          </Title>
          {ACTIONS.filter((one: Action) => one.group === group && one.keys.length > 0).map((one: Action) => (
            <Line key={one.id} label={one.label} keys={one.byKey === true ? [between(one.keys)] : one.keys.map(keyName)} dimmed={!one.enabled(now)} />
          ))}
          {BY_HAND.filter((one) => one.group === group).map(({ label, keys }) => (
            <Line key={label + keys[0]} label={label} keys={keys} dimmed={group in NEEDS && now[NEEDS[group as keyof typeof NEEDS]] === null} />
          ))}
        </section>
      ))}
    </div>
  )
}

/** Keys of which each does its own: "1 … 9". */
function between(keys: readonly string[]): string {
  const names = keys.map(keyName)
  return `${names[0]} … ${names.at(-1)?.split(' ').at(-1)}`
}

function Line({ label, keys, dimmed }: { label: string; keys: readonly string[]; dimmed: boolean }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm" className="key">
      <Text size="sm" c={dimmed ? 'dimmed' : undefined}>
        {label}
      </Text>
      <Group gap={4} wrap="nowrap" flex="none">
        {keys.map((key) => (
          <Kbd key={key} size="xs" style={{ whiteSpace: 'nowrap' }}>
            {key}
          </Kbd>
        ))}
      </Group>
    </Group>
  )
}

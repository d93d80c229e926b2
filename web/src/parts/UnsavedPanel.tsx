import { Button, Group, Text } from '@mantine/core'
import { useDeferredValue } from 'react'

import { useOutbox } from './outbox'
import { many } from './words'

const NAMED = 3

/** Decisions that wait for the server, told of when it takes longer than a moment. */
export function UnsavedPanel() {
  const { outbox, waiting: now } = useOutbox()
  const waiting = useDeferredValue(now) // most are saved before this is looked at
  if (waiting.length === 0) return null
  const more = waiting.length - NAMED
  return (
    <div className="unsaved card" role="status">
      <Group justify="space-between" wrap="nowrap" gap="md">
        <div>
          <Text size="sm" fw={600}>
            {many(waiting.length, 'decision')} not saved yet
          </Text>
          <Text size="xs" c="dimmed">
            {waiting.slice(0, NAMED).map(({ name }) => name).join(', ')}
            {more > 0 && ` and ${more} more`}. {outbox.stuck ? 'The server does not answer; it is tried again by itself, after a reload too.' : 'On the way.'}
          </Text>
        </div>
        <Button size="xs" variant="default" onClick={() => void outbox.flush()}>
          Try now
        </Button>
      </Group>
    </div>
  )
}

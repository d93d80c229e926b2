import { Text, Title } from '@mantine/core'

import { useStory } from '../api/queries'
import type { Chapter } from '../api/types'
import { Trouble } from './states'
import { moment, STATUS_WORDS } from './words'

/** All that happened to an annotation, from prediction to approval. */
export function Story({ project, annotation }: { project: number; annotation: number }) {
  const found = useStory(project, annotation)
  if (found.error && !found.data) return <Trouble error={found.error} what="The history" again={() => void found.refetch()} />
  const items = found.data ?? []
  return (
    <section className="story" aria-label="History" tabIndex={0}>
      <Title order={3}>History</Title>
      {found.data && items.length === 0 ? (
        <Text size="xs" c="dimmed">
          Nothing has happened to it since it was made.
        </Text>
      ) : (
        <ol className="acts">
          {items.map((one, at) => (
            <li key={at}>
              <Text size="xs">{said(one)}</Text>
              <Text size="xs" c="dimmed" component="time" dateTime={one.at}>
                {moment(one.at)}
              </Text>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

const DOES: Record<string, string> = {
  predict: 'predicted it', accept: 'accepted it', reject: 'rejected it', edit: 'changed it', add: 'added it', delete: 'deleted it', submit: 'submitted it',
  request_changes: 'asked for changes', agree: 'gave the vote that decided', apply: 'gave other thresholds', undo: 'took a decision back',
  vote_accept: 'voted for it', vote_reject: 'voted against it', delete_earlier: 'deleted it for a new task',
}

function said({ who, operation, before, after }: Chapter): string {
  const parts = [`${who} ${DOES[operation] ?? operation.replaceAll('_', ' ')}`]
  if (after?.score != null && before === null) parts.push(`score ${after.score.toFixed(2)}`)
  if (after?.concept != null && after.concept !== before?.concept) parts.push(after.concept)
  if (after?.moved) parts.push('another region')
  if (after?.status != null && after.status !== before?.status) parts.push(STATUS_WORDS[after.status as keyof typeof STATUS_WORDS])
  return parts.join(' · ')
}

import { Group, Table, Title } from '@mantine/core'

import { useTaskConcepts } from '../api/queries'
import type { Status, Task } from '../api/types'
import { useColours } from '../pages/place'
import { Trouble } from './states'
import { many, STATUS_WORDS, whole } from './words'

/** What reviewers decide alone and by votes is one column. */
const COLUMNS: readonly { word: string; of: readonly Status[] }[] = [
  { word: STATUS_WORDS.success, of: ['success'] },
  { word: STATUS_WORDS.awaiting_review, of: ['awaiting_review', 'awaiting_consensus_review'] },
  { word: STATUS_WORDS.pending, of: ['pending'] },
  { word: STATUS_WORDS.rejected, of: ['rejected'] },
]

/** What stands of a task so far, by concept: what a model said and what people made of it. */
export function ConceptCounts({ project, task }: { project: number; task: Task }) {
  const colour = useColours(project)
  const found = useTaskConcepts(project, task.id)
  if (found.error && !found.data) return <Trouble error={found.error} what="The annotations by concept" again={() => void found.refetch()} />
  const rows = Object.entries(found.data ?? {})
  const total = rows.flatMap(([, counts]) => Object.values(counts)).reduce((sum, count) => sum + count, 0)
  return (
    <section className="card" aria-label="Annotations by concept">
      <Title order={2} mb="sm">
        {many(total, 'annotation')} by concept
      </Title>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Concept</Table.Th>
              {COLUMNS.map(({ word }) => (
                <Table.Th key={word} ta="right">
                  {word}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([name, counts]) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Group gap={8} wrap="nowrap">
                    <span className="swatch" style={{ background: colour(name) }} />
                    <span className="ellipsis">{name}</span>
                  </Group>
                </Table.Td>
                {COLUMNS.map(({ word, of }) => (
                  <Table.Td key={word} ta="right" className="numbers">
                    {whole(of.reduce((sum, status) => sum + (counts[status] ?? 0), 0))}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

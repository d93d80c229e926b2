import { Button, Group, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconRefresh } from '@tabler/icons-react'
import { Link } from 'react-router'

import { retryTask } from '../api/calls'
import { moved } from '../api/moved'
import { useFailures } from '../api/queries'
import type { Failure, Task } from '../api/types'
import { tell, tellFault, Trouble } from './states'
import { many, retried } from './words'

const STAGES: Record<Failure['stage'], string> = { ingest: 'bringing it in', read: 'reading it', predict: 'predicting' }

/** What failed, each with its reason; sources that could not be read come first. */
export function Failures({ project, task, mayChange }: { project: number; task: Task; mayChange: boolean }) {
  const found = useFailures(project, task.id)
  const retry = useMutation({
    mutationFn: (inputs?: number[]) => retryTask(project, task.id, inputs),
    onError: tellFault,
    onSuccess: (now, inputs) => {
      tell(retried(now, inputs !== undefined))
      moved(project, 'tasks')
    },
  })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="card" aria-label="Failures">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{many(task.failures_total, 'failure')}</Title>
        {mayChange && task.failed > 0 && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={15} />} loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Retry {many(task.failed, 'failed input')}
          </Button>
        )}
      </Group>
      {found.error && <Trouble error={found.error} what="The failures" again={() => void found.refetch()} />}
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="28%">Source</Table.Th>
            <Table.Th w={110}>While</Table.Th>
            <Table.Th>Reason</Table.Th>
            {mayChange && (
              <Table.Th w={90}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ source, input_id, stage, message }, at) => (
            <Table.Tr key={at}>
              <Table.Td className="ellipsis" title={source}>
                {input_id === null ? source : <Link className="text-link" to={`/projects/${project}/inputs/${input_id}?task_id=${task.id}`}>{source}</Link>}
              </Table.Td>
              <Table.Td>{STAGES[stage]}</Table.Td>
              <Table.Td>
                <Text size="sm">{message}</Text>
              </Table.Td>
              {mayChange && (
                <Table.Td>
                  {input_id !== null && (
                    <Button size="compact-sm" variant="default" aria-label={`Retry ${source}`} disabled={retry.isPending} onClick={() => retry.mutate([input_id])}>
                      Retry
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {found.hasNextPage && (
        <Button mt="sm" size="xs" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          Show more
        </Button>
      )}
    </section>
  )
}

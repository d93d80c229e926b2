import { ActionIcon, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconListCheck, IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'

import { useProject, useTasks } from '../api/queries'
import type { TaskHead } from '../api/types'
import { LedgerBar } from '../parts/Ledger'
import { Empty, PageHead, Trouble, Waiting } from '../parts/states'
import { TaskMenu } from '../parts/taskMenu'
import { date, progress, timeLeft, whole } from '../parts/words'
import { useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const found = useTasks(project)
  const mayChange = useMayChange(project)
  const inputs = useProject(project).data?.inputs ?? 0
  const tasks = found.data?.pages.flatMap(({ items }) => items) ?? []
  const button = mayChange && (
    <Button component={Link} to={`/projects/${project}/tasks/new`} leftSection={<IconPlus size={16} />}>
      New Labeling Task
    </Button>
  )
  const upload = (
    <Button component={Link} to={`/projects/${project}/inputs`}>
      Bring inputs
    </Button>
  )
  return (
    <>
      <PageHead title="Labeling Tasks">{button}</PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The tasks" again={() => void found.refetch()} />}
      {found.data && tasks.length === 0 && (
        <Empty icon={<IconListCheck size={36} stroke={1.4} />} title="No labeling task yet" action={inputs > 0 ? button : upload}>
          A task lets a model label a dataset: what it is sure of is approved, what it is not sure of goes to a reviewer.
          {inputs === 0 && ' It needs inputs first.'}
        </Empty>
      )}
      {tasks.length > 0 && (
        <div className="page-body" style={{ maxWidth: 'none' }}>
          <div className="card" style={{ padding: 0, overflowX: 'auto' }}>
            <Table highlightOnHover miw={940} layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th w={184}>Labeling Status</Table.Th>
                  <Table.Th w="13%">Dataset</Table.Th>
                  <Table.Th w="13%">Model</Table.Th>
                  <Table.Th w="13%">Concepts</Table.Th>
                  <Table.Th w={80} ta="right">Inputs</Table.Th>
                  <Table.Th w={108}>Made on</Table.Th>
                  <Table.Th w={50}>
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {tasks.map((task) => (
                  <Row key={task.id} project={project} task={task} mayChange={mayChange} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          {found.hasNextPage && (
            <Button mt="md" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              Show older tasks
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function Row({ project, task, mayChange }: { project: number; task: TaskHead; mayChange: boolean }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Link className="row-link two-lines" to={`/projects/${project}/tasks/${task.id}`} title={task.name}>
          {task.name}
        </Link>
      </Table.Td>
      <Table.Td>
        <Group gap={8} justify="space-between" wrap="nowrap" mb={3}>
          <Text size="sm" c={task.status === 'failed' ? 'var(--lm-alarm)' : undefined} className="ellipsis">
            {progress(task)}
            {task.status === 'running' && task.seconds_left !== null && (
              <Text component="span" size="xs" c="dimmed">
                {' '}
                {timeLeft(task.seconds_left)}
              </Text>
            )}
          </Text>
          {task.failed > 0 && (
            <Text size="xs" c="var(--lm-alarm)" style={{ flex: 'none' }}>
              {whole(task.failed)} failed
            </Text>
          )}
        </Group>
        <LedgerBar ledger={task} numbers={false} height={5} />
      </Table.Td>
      <Table.Td className="ellipsis" title={task.dataset}>
        {task.dataset}
      </Table.Td>
      <Table.Td className="ellipsis" title={task.model ?? undefined}>
        {task.model ?? 'People'}
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap" title={task.concepts.join(', ')}>
          <Text size="sm" className="ellipsis">
            {task.concepts.slice(0, 3).join(', ')}
          </Text>
          {task.concepts.length > 3 && (
            <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
              +{whole(task.concepts.length - 3)}
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td ta="right">{whole(task.inputs)}</Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {date(task.created_at)}
        </Text>
      </Table.Td>
      <Table.Td>
        <TaskMenu project={project} task={task} mayChange={mayChange}>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${task.name}`}>
            <IconDots size={16} />
          </ActionIcon>
        </TaskMenu>
      </Table.Td>
    </Table.Tr>
  )
}

import '../work.css'

import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconChecks, IconLayoutGrid } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

import { useTask } from '../api/queries'
import type { Task } from '../api/types'
import { reviewGroups, type ReviewFilter, reviewPage } from '../api/work'
import { ReviewDesk } from '../parts/ReviewDesk'
import { Empty, Trouble, Waiting } from '../parts/states'
import { WorkHead } from '../parts/WorkHead'
import { many, whole } from '../parts/words'
import { useColours, useId } from './place'

export function Component() {
  const project = useId('project')
  const id = useId('task')
  const task = useTask(project, id)
  const [search, setSearch] = useSearchParams()
  const filter = useFilterOf(search)
  const begin = useCallback(
    () =>
      setSearch((before) => {
        before.set('on', '1')
        return before
      }),
    [setSearch],
  )
  const change = useCallback(
    (to: ReviewFilter) => setSearch({ on: '1', ...Object.fromEntries(Object.entries(to).filter(([name, value]) => value !== '' && !(name === 'order' && value === 'id'))) }),
    [setSearch],
  )
  if (task.isPending) return <Waiting />
  if (task.data === undefined) return <Trouble error={task.error} what="The task" again={() => void task.refetch()} back={{ to: `/projects/${project}/tasks`, label: 'All labeling tasks' }} />
  if (!search.has('on')) return <Start project={project} task={task.data} begin={begin} />
  return <ReviewDesk key={JSON.stringify(filter)} project={project} task={task.data} filter={filter} change={change} />
}

const NAMES = ['order', 'concept', 'labeler', 'lowest', 'highest'] as const

function useFilterOf(search: URLSearchParams): ReviewFilter {
  const text = search.toString()
  return useMemo(() => {
    const given = new URLSearchParams(text)
    return Object.fromEntries(NAMES.flatMap((name) => (given.get(name) ? [[name, given.get(name) as string]] : [])))
  }, [text])
}

const MOST = 12

/** What waits for oneself, before one begins. */
function Start({ project, task, begin }: { project: number; task: Task; begin: () => void }) {
  const navigate = useNavigate()
  const colour = useColours(project)
  const page = useQuery({ queryKey: ['tasks', project, task.id, 'review'], queryFn: () => reviewPage(project, task.id, {}, null, 1), staleTime: 0 })
  const groups = useQuery({ queryKey: ['tasks', project, task.id, 'groups'], queryFn: () => reviewGroups(project, task.id), staleTime: 0 })
  if (page.isPending) return <Waiting />
  const back = { to: `/projects/${project}/tasks/${task.id}`, label: 'To the task' }
  if (page.data === undefined) return <Trouble error={page.error} what="What waits for you" again={() => void page.refetch()} back={back} />
  const { mine_open, mine_done, entered, reviewed } = page.data.progress
  const some = groups.data?.items ?? []
  return (
    <div className="frame">
      <WorkHead project={project} task={task} note="Review" />
      {mine_open === 0 ? (
        <Empty icon={<IconChecks size={36} stroke={1.4} />} title="Nothing waits for you here" action={<Button onClick={() => void navigate(back.to)}>{back.label}</Button>}>
          {mine_done > 0 ? `You have reviewed ${many(mine_done, 'input')}. ` : ''}
          {entered > 0 && `${whole(reviewed)} of ${whole(entered)} are reviewed in the whole task.`}
        </Empty>
      ) : (
        <Stack p="xl" maw={640} w="100%" mx="auto" gap="lg">
          <div>
            <Title order={2} mb={4}>
              {many(mine_open, 'input waits', 'inputs wait')} for you
            </Title>
            <Text size="sm" c="dimmed" className="numbers">
              You have reviewed {whole(mine_done)} of {whole(mine_done + mine_open)}; the whole task {whole(reviewed)} of {whole(entered)}.
            </Text>
          </div>
          {task.instructions !== '' && (
            <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
              {task.instructions}
            </Text>
          )}
          {some.length > 0 && (
            <Paper withBorder p="md">
              {some.slice(0, MOST).map(({ concept, labeler, annotations, inputs }) => (
                <Group key={concept + labeler} gap={8} wrap="nowrap" py={2}>
                  <span className="swatch" style={{ background: colour(concept) }} />
                  <Text size="sm" className="ellipsis" style={{ flex: 1 }}>
                    {concept}{' '}
                    <Text span c="dimmed" size="xs">
                      by {labeler}
                    </Text>
                  </Text>
                  <Text size="sm" className="numbers">
                    {whole(annotations)} on {many(inputs, 'input')}
                  </Text>
                </Group>
              ))}
              {some.length > MOST && (
                <Text size="xs" c="dimmed" mt={4}>
                  and {many(some.length - MOST, 'other')}
                </Text>
              )}
            </Paper>
          )}
          <Group>
            <Button size="md" autoFocus onClick={begin}>
              Start reviewing
            </Button>
            <Button size="md" variant="default" leftSection={<IconLayoutGrid size={16} />} onClick={() => void navigate(`/projects/${project}/tasks/${task.id}/review/grid`)}>
              Grid review
            </Button>
          </Group>
        </Stack>
      )}
    </div>
  )
}

import { Badge, Button, Group, Progress, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

import { useActs, useTaskPeople } from '../api/queries'
import type { Act, Part, Task } from '../api/types'
import { namesTask, told } from './acts'
import { Trouble } from './states'
import { many, moment, percentReviewed, whole } from './words'

/** Who reviews and labels a task, and how far each of them is. */
export function People({ project, task }: { project: number; task: Task }) {
  const people = useTaskPeople(project, task.id)
  if (people.error && !people.data) return <Trouble error={people.error} what="The people of this task" again={() => void people.refetch()} />
  const items = people.data ?? []
  return (
    <section className="card" aria-label="People of this task">
      <Group justify="space-between" mb="sm">
        <Title order={2}>People</Title>
        <Text size="sm" c="dimmed" className="numbers">
          {task.entered > 0 ? `${whole(task.reviewed)} of ${many(task.entered, 'input')} reviewed (${percentReviewed(task)})` : 'Nothing to review so far'}
        </Text>
      </Group>
      {people.data && items.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nobody reviews or labels this task. Edit it to add people.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Reviewed</Table.Th>
                <Table.Th ta="right">Open</Table.Th>
                <Table.Th ta="right">Labeled</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((one) => (
                <Person key={one.id} one={one} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}

function Person({ one }: { one: Part }) {
  const share = one.given === 0 ? 0 : (100 * one.done) / one.given
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          {one.name}
          {one.reviewer && <Badge size="sm" radius="sm" variant="default" tt="none">reviewer</Badge>}
          {one.labeler && <Badge size="sm" radius="sm" variant="default" tt="none">labeler</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <Progress value={share} size="sm" aria-label={`${one.name}: ${one.done} of ${one.given} reviewed`} />
        <Text size="xs" c="dimmed" className="numbers">
          {whole(one.done)} of {whole(one.given)}
        </Text>
      </Table.Td>
      <Table.Td ta="right" className="numbers">{whole(one.open)}</Table.Td>
      <Table.Td ta="right" className="numbers">{whole(one.labeled)}</Table.Td>
    </Table.Tr>
  )
}

/** The input that an act is of is a link to it, as the task sees it. */
function Sentence({ project, act }: { project: number; act: Act }) {
  const { start, input, end } = told(act)
  const seen = act.task === null ? '' : `?task_id=${act.task_id}`
  return (
    <>
      {start}
      {input !== null && (
        <Link className="text-link" to={`/projects/${project}/inputs/${act.input_id}${seen}`}>
          {input}
        </Link>
      )}
      {end}
    </>
  )
}

/** What people, or one of them, did in a task, or (null) in the whole project, newest first. */
export function Timeline({ project, task, person = null, choice }: { project: number; task: number | null; person?: number | null; choice?: ReactNode }) {
  const acts = useActs(project, task, person)
  if (acts.error && !acts.data) return <Trouble error={acts.error} what="What happened" again={() => void acts.refetch()} />
  const items = acts.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="card" aria-label="What happened">
      <Group justify="space-between" mb="sm">
        <Title order={2}>What happened</Title>
        {choice}
      </Group>
      {acts.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {person === null ? 'What people do, and what happens to runs, is told here.' : 'This person did nothing here so far.'}
        </Text>
      )}
      <ul className="acts">
        {items.map((act) => (
          <li key={act.id}>
            <Text size="sm" component="span">
              <Sentence project={project} act={act} />
              {task === null && act.task !== null && !namesTask(act) && ` in ${act.task}`}
            </Text>{' '}
            <Text size="xs" c="dimmed" component="time" dateTime={act.at}>{moment(act.at)}</Text>
          </li>
        ))}
      </ul>
      {acts.hasNextPage && (
        <Button size="xs" variant="default" mt="sm" loading={acts.isFetchingNextPage} onClick={() => void acts.fetchNextPage()}>
          Earlier
        </Button>
      )}
    </section>
  )
}

import { ActionIcon, Button, Group, SegmentedControl, Select, Table, Text, TextInput, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp, IconDots, IconListCheck, IconPlus, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Link } from 'react-router'

import type { TaskFilter } from '../api/calls'
import { useProject, useTasks } from '../api/queries'
import type { TaskHead } from '../api/types'
import { LedgerBar } from '../parts/Ledger'
import { NEWEST_FIRST, type Order, readOrder, type Sort, sorted, turned } from '../parts/sorting'
import { Empty, PageHead, Trouble, Waiting } from '../parts/states'
import { TaskMenu } from '../parts/taskMenu'
import { date, percentReviewed, PRIORITY_WORDS, progress, timeLeft, TYPE_WORDS, whole } from '../parts/words'
import { WorkButtons } from '../parts/workButtons'
import { useAddress, useId, useMayChange } from './place'

const MINE = [
  { value: 'all', label: 'All' },
  { value: 'assigned', label: 'Assigned to me' },
  { value: 'review', label: 'For review' },
  { value: 'label', label: 'For labeling' },
] as const

const STATUSES = [
  { value: 'open', label: 'Under way' },
  { value: 'complete', label: 'Complete' },
  { value: 'paused', label: 'Paused' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'failed', label: 'Model failed' },
] as const
const PRIORITIES = (['high', 'medium', 'low'] as const).map((value) => ({ value, label: PRIORITY_WORDS[value] }))
const NOTHING_ASKED = { text: '', mine: '', status: '', priority: '' }

export function Component() {
  const project = useId('project')
  const [filter, order, change] = useFound()
  const found = useTasks(project, filter)
  const mayChange = useMayChange(project)
  const inputs = useProject(project).data?.inputs ?? 0
  const tasks = found.data?.pages.flatMap(({ items }) => items) ?? []
  const asked = Object.keys(filter).length > 0
  const newest = order.by === NEWEST_FIRST.by && order.down
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found
  useEffect(() => {
    // an order other than the server's is one of all tasks
    if (!newest && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [newest, hasNextPage, isFetchingNextPage, fetchNextPage])
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
      {found.data && tasks.length === 0 && !asked && (
        <Empty icon={<IconListCheck size={36} stroke={1.4} />} title="No labeling task yet" action={mayChange && (inputs > 0 ? button : upload)}>
          A task lets a model label a dataset: what it is sure of is approved, what it is not sure of goes to a reviewer.
          {inputs === 0 && ' It needs inputs first.'}
        </Empty>
      )}
      {found.data && (tasks.length > 0 || asked) && (
        <div className="page-body" style={{ maxWidth: 'none' }}>
          <Filters filter={filter} change={change} />
          {tasks.length === 0 ? (
            <Empty icon={<IconListCheck size={36} stroke={1.4} />} title="No task is like that" action={<Button variant="default" onClick={() => change(NOTHING_ASKED)}>Show all tasks</Button>}>
              {emptyBecause(filter)}
            </Empty>
          ) : (
            <Tasks project={project} tasks={newest ? tasks : sorted(tasks, order)} order={order} mayChange={mayChange} sort={(by) => change({ sort: turned(order, by) })} />
          )}
          {hasNextPage && newest && (
            <Button mt="md" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show older tasks
            </Button>
          )}
        </div>
      )}
    </>
  )
}

/** What is looked for and how it is sorted stand in the address. */
function useFound(): [TaskFilter, Order, (more: Record<string, string>) => void] {
  const [search, setSearch] = useAddress()
  const one = <T extends string>(name: keyof TaskFilter, of: readonly { value: T }[]) => {
    const found = of.find(({ value }) => value === search.get(name))
    return found === undefined ? {} : { [name]: found.value }
  }
  const text = search.get('text')
  const filter: TaskFilter = { ...(text ? { text } : {}), ...one('mine', MINE.slice(1)), ...one('status', STATUSES), ...one('priority', PRIORITIES) }
  const change = (more: Record<string, string>): void =>
    setSearch(
      (now) => {
        for (const [name, value] of Object.entries(more)) {
          if (value === '') now.delete(name)
          else now.set(name, value)
        }
      },
      { replace: true },
    )
  return [filter, readOrder(search.get('sort')), change]
}

function emptyBecause({ mine, status, priority }: TaskFilter): string {
  if (status !== undefined || priority !== undefined) return 'None that is found has this status and priority.'
  return mine === undefined ? 'No name, dataset or model says that.' : 'Nothing of this kind waits for you.'
}

function Filters({ filter, change }: { filter: TaskFilter; change: (more: Record<string, string>) => void }) {
  const [typed, setTyped] = useState(filter.text ?? '')
  const [seen, setSeen] = useState(filter.text)
  const find = useDebouncedCallback((text: string) => change({ text: text.trim() }), 250)
  if (filter.text !== seen) {
    setSeen(filter.text)
    if (filter.text !== typed.trim()) setTyped(filter.text ?? '')
  }
  return (
    <Group mb="sm" gap="sm">
      <TextInput
        aria-label="Search tasks"
        placeholder="Search name, dataset, model, people …"
        size="xs"
        w={300}
        maxLength={200}
        leftSection={<IconSearch size={14} />}
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value)
          find(currentTarget.value)
        }}
      />
      <SegmentedControl size="xs" aria-label="Which tasks" value={filter.mine ?? 'all'} onChange={(value) => change({ mine: value === 'all' ? '' : value })} data={[...MINE]} />
      <Select size="xs" w={130} clearable aria-label="Status" placeholder="Any status" data={STATUSES} value={filter.status ?? null} onChange={(value) => change({ status: value ?? '' })} />
      <Select size="xs" w={130} clearable aria-label="Priority" placeholder="Any priority" data={PRIORITIES} value={filter.priority ?? null} onChange={(value) => change({ priority: value ?? '' })} />
    </Group>
  )
}

interface Column {
  name: string
  sort?: Sort
  right?: true
  show: (task: TaskHead) => ReactNode
}

const types = (task: TaskHead): string => task.annotation_types.map((one) => TYPE_WORDS[one] ?? one).join(', ')
const cut = (text: string) => (
  <div className="ellipsis" title={text}>
    {text}
  </div>
)

const STATUS: Column = { name: 'Labeling Status', sort: 'status', show: (task) => <Status task={task} /> }
const REVIEWED: Column = {
  name: '% Reviewed',
  sort: 'reviewed',
  right: true,
  show: (task) => <div title={task.entered === 0 ? 'None needed a reviewer yet' : `${whole(task.reviewed)} of ${whole(task.entered)} inputs reviewed`}>{percentReviewed(task)}</div>,
}
const DATASET: Column = { name: 'Dataset', sort: 'dataset', show: (task) => cut(task.dataset) }
const TYPE: Column = { name: 'Annotation type', sort: 'type', show: (task) => cut(types(task)) }
const CONCEPTS: Column = { name: 'Concepts', sort: 'concepts', show: (task) => <Some names={task.concepts} /> }
const LABELED: Column = { name: 'Labeled by', sort: 'labeler', show: (task) => cut(task.model ?? 'People') }
const REVIEWERS: Column = {
  name: 'Reviewers',
  sort: 'reviewers',
  show: ({ reviewers, review }) =>
    reviewers.length > 0 ? <Some names={reviewers.map(({ name }) => name)} /> : <div title={review === 'none' ? 'Nobody reviews this task' : 'Nobody yet: what needs a reviewer waits'}>–</div>,
}
const NUMBER: Column = { name: 'Inputs', sort: 'inputs', right: true, show: (task) => whole(task.inputs) }
const PRIORITY: Column = { name: 'Priority', sort: 'priority', show: (task) => PRIORITY_WORDS[task.priority] }
const MADE: Column = { name: 'Date', sort: 'date', show: (task) => <div style={{ whiteSpace: 'nowrap' }}>{date(task.created_at)}</div> }

/** Columns with their widths in pixels; what stands in one column lies one below the other. */
type Layout = readonly { columns: readonly Column[]; width?: number }[]

const WIDE: Layout = [
  { columns: [STATUS], width: 160 },
  { columns: [REVIEWED], width: 104 },
  { columns: [DATASET] },
  { columns: [TYPE], width: 104 },
  { columns: [CONCEPTS] },
  { columns: [LABELED] },
  { columns: [REVIEWERS] },
  { columns: [NUMBER], width: 84 },
  { columns: [PRIORITY], width: 84 },
  { columns: [MADE], width: 112 },
]
const NARROW: Layout = [
  { columns: [STATUS, { ...REVIEWED, right: undefined }], width: 150 },
  { columns: [DATASET, { ...NUMBER, right: undefined }] },
  { columns: [TYPE, CONCEPTS] },
  { columns: [LABELED, REVIEWERS] },
  { columns: [PRIORITY, MADE], width: 106 },
]

interface TableProps {
  project: number
  tasks: TaskHead[]
  order: Order
  mayChange: boolean
  sort: (by: Sort) => void
}

function Tasks({ project, tasks, order, mayChange, sort }: TableProps) {
  const wide = useMediaQuery('(min-width: 1840px)', false, { getInitialValueInEffect: false })
  const layout = wide ? WIDE : NARROW
  const head = (one: Column) => <Head key={one.name} column={one} order={order} sort={sort} />
  return (
    <div className="card task-table" role="region" aria-label="Tasks" tabIndex={0}>
      <Table highlightOnHover miw={wide ? 1560 : 960} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={wide ? 210 : 160} aria-sort={towards(order, ['name'])}>
              {head({ name: 'Name', sort: 'name', show: () => null })}
            </Table.Th>
            {layout.map(({ columns, width }) => (
              <Table.Th key={columns[0]?.name} w={width} ta={columns[0]?.right && 'right'} aria-sort={towards(order, columns.map((one) => one.sort))}>
                {columns.map(head)}
              </Table.Th>
            ))}
            <Table.Th w={wide ? 236 : 220}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tasks.map((task) => (
            <Row key={task.id} project={project} task={task} layout={layout} mayChange={mayChange} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function towards({ by, down }: Order, sorts: readonly (Sort | undefined)[]): 'ascending' | 'descending' | undefined {
  return sorts.includes(by) ? (down ? 'descending' : 'ascending') : undefined
}

function Head({ column: { name, sort: by, right }, order, sort }: { column: Column; order: Order; sort: (by: Sort) => void }) {
  if (by === undefined) return <div>{name}</div>
  return (
    <div>
      <UnstyledButton className="sort" data-right={right} onClick={() => sort(by)}>
        {name}
        {by === order.by && (order.down ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />)}
      </UnstyledButton>
    </div>
  )
}

function Row({ project, task, layout, mayChange }: { project: number; task: TaskHead; layout: Layout; mayChange: boolean }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Link className="row-link two-lines" to={`/projects/${project}/tasks/${task.id}`} title={task.name}>
          {task.name}
        </Link>
      </Table.Td>
      {layout.map(({ columns }) => (
        <Table.Td key={columns[0]?.name} ta={columns[0]?.right && 'right'}>
          {columns.map((one) => (
            <div key={one.name} className="numbers">
              {one.show(task)}
            </div>
          ))}
        </Table.Td>
      ))}
      <Table.Td>
        <Group gap={6} wrap="nowrap" justify="flex-end">
          <WorkButtons project={project} task={task} size="compact-sm" />
          <TaskMenu project={project} task={task} mayChange={mayChange}>
            <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${task.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </TaskMenu>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function Status({ task }: { task: TaskHead }) {
  return (
    <>
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
    </>
  )
}

/** The first few names; the whole list is told when one points at it. */
function Some({ names }: { names: readonly string[] }) {
  return (
    <Group gap={6} wrap="nowrap" title={names.join(', ')}>
      <Text size="sm" className="ellipsis">
        {names.slice(0, 3).join(', ')}
      </Text>
      {names.length > 3 && (
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          +{whole(names.length - 3)}
        </Text>
      )}
    </Group>
  )
}

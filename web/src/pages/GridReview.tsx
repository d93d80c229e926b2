import '../work.css'

import { Button, Group, Select, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { IconArrowBackUp, IconChecks, IconKeyboard, IconPhoto } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

import type { GridReviewControls } from '../actions'
import { useTask } from '../api/queries'
import type { Task } from '../api/types'
import { type Progress, reviewGroups } from '../api/work'
import { type Action, BulkDialog } from '../parts/BulkDialog'
import { ActionButton, useAction, useControls } from '../parts/controls'
import { CropTile } from '../parts/CropTile'
import { keepFocus } from '../parts/ReviewDesk'
import { Empty, Trouble, Waiting } from '../parts/states'
import { tiled } from '../parts/tiles'
import { useCrops } from '../parts/useCrops'
import { useDrafts } from '../parts/useDrafts'
import { type Screens, useScreens } from '../parts/useScreens'
import { inWords, WorkHead } from '../parts/WorkHead'
import { AllButton } from '../parts/workButtons'
import { many, whole } from '../parts/words'
import { useColours, useId } from './place'

export function Component() {
  const project = useId('project')
  const id = useId('task')
  const task = useTask(project, id)
  const groups = useQuery({ queryKey: ['tasks', project, id, 'groups'], queryFn: () => reviewGroups(project, id), staleTime: 0 })
  const [search, setSearch] = useSearchParams()
  const { refetch } = groups
  const screens = useScreens(project, id)
  const { version, undoLast } = screens
  const now = useRef(version)
  useEffect(() => {
    now.current = version
  }, [version])
  const over = useCallback(() => {
    const then = now.current
    void refetch().then(({ data }) => {
      // unless something came back meanwhile
      if (now.current === then) setSearch(data?.items[0] === undefined ? {} : { concept: data.items[0].concept }, { replace: true })
    })
  }, [refetch, setSearch])
  const takeBack = useCallback(
    () =>
      void undoLast?.().then((of) => {
        if (of !== null) setSearch({ concept: of }, { replace: true })
        void refetch()
      }),
    [undoLast, setSearch, refetch],
  )
  useControls('last', useMemo(() => (undoLast === null ? null : { takeBack }), [undoLast, takeBack]))
  const back = { to: `/projects/${project}/tasks/${id}`, label: 'To the task' }
  if (task.isPending || groups.isPending) return <Waiting />
  if (task.data === undefined) return <Trouble error={task.error} what="The task" again={() => void task.refetch()} back={back} />
  if (groups.data === undefined) return <Trouble error={groups.error} what="What waits for you" again={() => void groups.refetch()} back={back} />
  const concepts = [...new Set(groups.data.items.map(({ concept }) => concept))]
  const concept = search.get('concept') ?? concepts[0]
  if (concept === undefined) return <Nothing project={project} task={task.data} progress={screens.progress} />
  const counts = new Map(concepts.map((name) => [name, groups.data.items.reduce((sum, one) => sum + (one.concept === name ? one.annotations : 0), 0)]))
  return (
    <Crops
      key={`${version} ${concept}`}
      project={project}
      task={task.data}
      screens={screens}
      concept={concept}
      counts={counts}
      choose={(name) => setSearch({ concept: name }, { replace: true })}
      over={over}
    />
  )
}

function Nothing({ project, task, progress }: { project: number; task: Task; progress: Progress | null }) {
  const navigate = useNavigate()
  return (
    <div className="frame">
      <WorkHead project={project} task={task} note={progress === null ? 'Grid review' : inWords(progress)}>
        <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
      </WorkHead>
      <Empty
        icon={<IconChecks size={36} stroke={1.4} />}
        title="Nothing waits for you here"
        action={
          <Button autoFocus onClick={() => void navigate(`/projects/${project}/tasks/${task.id}`)}>
            To the task
          </Button>
        }
      >
        All that was given to you in this task is reviewed.
      </Empty>
    </div>
  )
}

interface Props {
  project: number
  task: Task
  screens: Screens
  concept: string
  /** How many wait of each concept. */
  counts: ReadonlyMap<string, number>
  choose: (concept: string) => void
  /** Nothing is left of this concept. */
  over: () => void
}

/** So many at most are decided at once. */
const MOST = 60
const NONE: ReadonlySet<number> = new Set()

/** The regions of one concept, as many as fit: the whole screen is decided at once, so all of it has to be seen. */
function Crops({ project, task, screens, concept, counts, choose, over }: Props) {
  const navigate = useNavigate()
  const colour = useColours(project)
  const frame = useRef<HTMLDivElement>(null)
  const { ref, width, height } = useElementSize()
  const { columns, rows } = tiled(width, height)
  const room = width === 0 ? 0 : Math.min(MOST, columns * rows)
  const { items, ended, error, drop, again } = useCrops({ project, task: task.id, concept, room, screens, over })
  const { wrong, flip, decide, progress } = screens
  const [at, setAt] = useState(0)
  const [asking, setAsking] = useState(false)
  /** Ids of regions whose pictures did not come: nobody decides on what they have not seen. */
  const [lost, setLost] = useState(NONE)
  const screen = useMemo(() => items.slice(0, room), [items, room])
  const shown = useMemo(() => screen.filter(({ id }) => !lost.has(id)), [screen, lost])
  const place = Math.min(at, screen.length - 1)

  useControls(
    'grid',
    useMemo<GridReviewControls>(
      () => ({
        decide: () => {
          const pictures = frame.current?.querySelectorAll<HTMLImageElement>('.crop img') ?? []
          // a broken picture is complete as well, but has no width
          if (shown.length === 0 || ![...pictures].every(({ complete, naturalWidth }) => complete && naturalWidth > 0)) return
          decide({ concept, crops: shown })
          drop()
          setAt(0)
        },
        flip: () => screen[place] !== undefined && flip(screen[place].id),
        step: (across, down) => setAt(Math.max(0, Math.min(screen.length - 1, place + across + down * columns))),
        all: () => setAsking(true),
        single: () => void navigate(`/projects/${project}/tasks/${task.id}/review?on=1`),
      }),
      [screen, shown, place, columns, concept, decide, drop, flip, navigate, project, task.id],
    ),
  )
  const drafts = useDrafts('review', task.id)
  const marked = screen.flatMap(({ id, input_id }) => (wrong.has(id) ? [input_id] : []))
  const begun = (action: Action): number[] => [...new Set([...drafts.begun(), ...(action === 'approve' ? marked : [])])]
  const go = useAction('decide')
  const bad = shown.filter(({ id }) => wrong.has(id)).length
  const missing = screen.length - shown.length
  const good = missing > 0 ? `Approve ${shown.length}` : `Approve all ${shown.length}`
  return (
    <div ref={frame} className="frame" onMouseDown={keepFocus}>
      <WorkHead project={project} task={task} note={progress === null ? 'Grid review' : inWords(progress)}>
        <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
        <ActionButton id="single" icon={<IconPhoto size={18} />} />
        <ActionButton id="help" icon={<IconKeyboard size={18} />} />
        <AllButton />
      </WorkHead>
      <div className="bar">
        <Select
          aria-label="Concept"
          allowDeselect={false}
          searchable
          data={[...new Set([...counts.keys(), concept])].map((name) => ({ value: name, label: counts.has(name) ? `${name} (${whole(counts.get(name) as number)})` : name }))}
          value={concept}
          onChange={(name) => name !== null && choose(name)}
        />
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>
          Mark what is no {concept}: click, or arrow keys and Space.
        </Text>
        <Button disabled={shown.length === 0} onClick={go.run} rightSection={<kbd aria-hidden>⏎</kbd>}>
          {bad > 0 ? `Approve ${shown.length - bad}, reject ${bad}` : good}
        </Button>
      </div>
      {error !== null && <Trouble error={error} what="What waits for you" again={again} />}
      <div ref={ref} className="crops" role="group" aria-label={`Regions of ${concept}`} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {screen.map((one, index) => (
          <CropTile
            key={one.id}
            project={project}
            crop={one}
            ink={colour(concept)}
            at={index === place}
            wrong={wrong.has(one.id)}
            flip={() => {
              flip(one.id)
              setAt(index)
            }}
            lost={lost.has(one.id)}
            lose={() => setLost((before) => new Set(before).add(one.id))}
          />
        ))}
        {screen.length === 0 && !ended && <Waiting />}
      </div>
      <Group className="bar" justify="space-between">
        <Text size="xs" c="dimmed" className="numbers" role="status">
          {many(screen.length, screen.some(({ region }) => region !== null) ? 'region' : 'input')} on this screen{bad > 0 && `, ${bad} marked wrong`}
        </Text>
        {missing > 0 && <Missing count={missing} again={() => setLost(NONE)} />}
      </Group>
      <BulkDialog project={project} task={task.id} opened={asking} close={() => setAsking(false)} begun={begun} done={screens.decidedMany} />
    </div>
  )
}

/** What is left out of a decision, as nobody has seen it. */
function Missing({ count, again }: { count: number; again: () => void }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="xs" role="status">
        {count === 1 ? '1 picture does not come: its region' : `${whole(count)} pictures do not come: their regions`} will not be decided.
      </Text>
      <Button size="compact-xs" variant="default" onClick={again}>
        Try again
      </Button>
    </Group>
  )
}

import '../work.css'

import { Button, Text, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp, IconChecks, IconChevronLeft, IconChevronRight, IconKeyboard, IconPlayerTrackNext, IconSparkles } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { LabelControls } from '../actions'
import { useMe, useTask } from '../api/queries'
import type { Task } from '../api/types'
import type { WorkInput } from '../api/work'
import { ConceptPicker } from '../parts/ConceptPicker'
import { ActionButton, useAction, useControls } from '../parts/controls'
import { DeskList } from '../parts/DeskList'
import { DeskStage, DeskTools } from '../parts/DeskStage'
import { Predictions, useHelp } from '../parts/Predictions'
import { keepFocus, Notes } from '../parts/ReviewDesk'
import { Empty, Trouble, Waiting } from '../parts/states'
import { useDesk } from '../parts/useDesk'
import { useDraft, useDrafts } from '../parts/useDrafts'
import { type Label, useLabel } from '../parts/useLabel'
import { WorkHead } from '../parts/WorkHead'
import { many } from '../parts/words'
import { added, type Change, standing } from '../desk/draft'
import type { Drafts } from '../desk/drafts'
import { onlyType } from '../desk/drawn'
import { useColours, useId } from './place'

export function Component() {
  const project = useId('project')
  const id = useId('task')
  const task = useTask(project, id)
  if (task.isPending) return <Waiting />
  if (task.data === undefined) return <Trouble error={task.error} what="The task" again={() => void task.refetch()} back={{ to: `/projects/${project}/tasks`, label: 'All labeling tasks' }} />
  return <Desk key={id} project={project} task={task.data} />
}

interface Props {
  project: number
  task: Task
}

function Desk(props: Props) {
  const { project, task } = props
  const navigate = useNavigate()
  const drafts = useDrafts('label', task.id)
  const label = useLabel(project, task.id, drafts)
  const { over, again, undoLast } = label
  useControls('last', useMemo(() => undoLast && { takeBack: () => void undoLast() }, [undoLast]))
  const known = useRef(task)
  useEffect(() => {
    // what has come since is looked for whenever the task has moved
    if (over && known.current !== task) again()
    known.current = task
  }, [over, again, task])
  const back = { to: `/projects/${project}/tasks/${task.id}`, label: 'To the task' }
  if (label.input !== null) return <Working {...props} label={label} drafts={drafts} input={label.input} />
  if (label.error !== null) return <Trouble error={label.error} what="The next input" again={again} back={back} />
  if (!over) return <Waiting />
  return (
    <div className="frame">
      <WorkHead project={project} task={task} note="Label">
        <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
      </WorkHead>
      <Empty
        icon={<IconChecks size={36} stroke={1.4} />}
        title="Nothing waits for a person here"
        action={
          <>
            <Button autoFocus onClick={() => void navigate(back.to)}>
              {back.label}
            </Button>
            {label.previous !== null && (
              <Button variant="default" onClick={label.previous}>
                Look at what you submitted last
              </Button>
            )}
          </>
        }
      >
        {label.left > 0 ? `Others are at work on the last ${many(label.left, 'input')}.` : 'Inputs come here when a model found nothing on them, failed, or a reviewer asked for changes.'}
      </Empty>
    </div>
  )
}

function Working({ project, task, label, drafts, input }: Props & { label: Label; drafts: Drafts; input: WorkInput }) {
  const colour = useColours(project)
  const me = useMe().data?.name ?? ''
  const { history, change } = useDraft(drafts, input)
  const items = useMemo(() => standing(history.draft), [history.draft])
  const help = useHelp(project, task, input.id, items)
  const { offered, flip } = help
  const makes = onlyType(task)
  const desk = useDesk({
    input, history, change, concepts: task.concepts, makes, me, said: offered, previous: label.previous, next: label.next,
  })
  const { commit, selected, select, seen } = desk
  const accept = useCallback(
    (ids: (id: number) => boolean) => {
      const chosen = offered.filter(({ id }) => ids(id))
      const changes = chosen.reduce<Change[]>((all, { concept, region }) => {
        const drafted = [...history.draft, ...all.flatMap(({ after }) => (after === null ? [] : [after]))]
        return [...all, ...added(drafted, { concept, region, labeler: me })]
      }, [])
      commit(changes)
      select(null)
    },
    [offered, history.draft, commit, select, me],
  )
  const { submit, skip } = label
  useControls(
    'label',
    useMemo<LabelControls>(
      () => ({
        submit: () => {
          if (!seen()) return
          submit(history)
        },
        help: flip,
        accept: offered.some(({ id }) => id === selected) ? () => accept((id) => id === selected) : null,
        acceptAll: offered.length > 0 ? () => accept(() => true) : null,
        skip,
      }),
      [submit, seen, history, flip, offered, selected, accept, skip],
    ),
  )
  const sections = useMemo(
    () => [
      { name: 'On this input', items: items.filter(({ status }) => status !== 'rejected') },
      { name: 'Rejected', items: items.filter(({ status }) => status === 'rejected') },
    ],
    [items],
  )
  return (
    <div className="frame" onMouseDown={keepFocus}>
      <WorkHead project={project} task={task} note={label.submitted ? 'submitted before' : `${many(label.left, 'input waits', 'inputs wait')} for a person`}>
        <ActionButton id="previous" icon={<IconChevronLeft size={18} />} />
        <ActionButton id="next" icon={<IconChevronRight size={18} />} />
        <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
        <ActionButton id="skip" icon={<IconPlayerTrackNext size={18} />} />
        <ActionButton id="predictions" icon={<IconSparkles size={18} />} />
        <ActionButton id="help" icon={<IconKeyboard size={18} />} />
      </WorkHead>
      <div className="desk">
        <DeskTools desk={desk} />
        <DeskStage project={project} desk={desk} colour={colour} />
        {desk.panel && (
          <aside className="viewer-panel" aria-label="Annotations">
            <Instructions task={task} />
            <Notes input={input} />
            {items.length === 0 && (
              <Text size="sm" c="dimmed" px={12} py="md">
                {makes === 'class' ? 'No concept is given yet.' : input.kind === 'text' ? 'Nothing is marked yet.' : 'Nothing is drawn yet.'} Submit as it is to confirm that nothing is here.
              </Text>
            )}
            <DeskList desk={desk} colour={colour} sections={sections} ticks={false} />
            {help.open && <Predictions help={help} colour={colour} selected={selected} select={select} />}
            <Submit nothing={items.every(({ status }) => status === 'rejected')} />
          </aside>
        )}
      </div>
      <ConceptPicker desk={desk} colour={colour} />
    </div>
  )
}

function Submit({ nothing }: { nothing: boolean }) {
  const submit = useAction('submit')
  return (
    <div className="desk-decide">
      <Button className="wide" rightSection={<kbd aria-hidden>⏎</kbd>} onClick={submit.run}>
        {nothing ? 'Submit: nothing here' : submit.label}
      </Button>
    </div>
  )
}

function Instructions({ task }: { task: Task }) {
  const [open, setOpen] = useState(true)
  const text = task.instructions
  if (text === '') return null
  return (
    <div className="desk-note">
      <UnstyledButton fz="xs" fw={600} aria-expanded={open} onClick={() => setOpen((before) => !before)}>
        Instructions
      </UnstyledButton>
      {open && (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {text}
        </Text>
      )}
    </div>
  )
}

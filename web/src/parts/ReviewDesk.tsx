import { Alert, Button, Modal, Stack, Text, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconChecks, IconFilter, IconKeyboard, IconLayoutGrid, IconPlayerTrackNext } from '@tabler/icons-react'
import { memo, type MouseEvent, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { ReviewControls } from '../actions'
import { thumbnailOf } from '../api/calls'
import { useMe } from '../api/queries'
import type { Task } from '../api/types'
import type { ReviewFilter, WorkInput } from '../api/work'
import { useColours } from '../pages/place'
import { standing, ticked, type Drafted } from '../desk/draft'
import { drafted, type Drafts } from '../desk/drafts'
import { onlyType } from '../desk/drawn'
import { BulkDialog } from './BulkDialog'
import { ConceptPicker } from './ConceptPicker'
import { ActionButton, useAction, useControls } from './controls'
import { AT_ONCE, staysClosed } from './dialogs'
import { DeskList, Strip } from './DeskList'
import { DeskStage, DeskTools } from './DeskStage'
import { FilterDialog } from './ReviewFilter'
import { Empty, Trouble, Waiting } from './states'
import { asDecided, useDesk } from './useDesk'
import { useDraft, useDrafts } from './useDrafts'
import { useFor } from './useFor'
import { type Review, useReview } from './useReview'
import { inWords, WorkHead } from './WorkHead'
import { AllButton } from './workButtons'
import { many, whole } from './words'

interface Props {
  project: number
  task: Task
  filter: ReviewFilter
  change: (filter: ReviewFilter) => void
}

/** One input after the other, until nothing waits. */
export function ReviewDesk(props: Props) {
  const { project, task, filter } = props
  const drafts = useDrafts('review', task.id)
  const review = useReview(project, task.id, filter, drafts)
  const { over, again, undoLast } = review
  useControls('last', useMemo(() => undoLast && { takeBack: () => void undoLast() }, [undoLast]))
  /** Nothing was left: that stays on the page while one looks for more, so that no key falls into a gap. */
  const [through, setThrough] = useState(false)
  if (through !== (over || (through && review.input === null))) setThrough(!through)
  const known = useRef(task)
  useEffect(() => {
    // what has come since is looked for whenever the task has moved
    if (over && known.current !== task) again()
    known.current = task
  }, [over, again, task])
  if (review.input !== null) return <Working {...props} review={review} drafts={drafts} input={review.input} />
  if (review.error !== null) return <Trouble error={review.error} what="What waits for you" again={again} back={{ to: `/projects/${project}/tasks/${task.id}`, label: 'To the task' }} />
  if (!over && !through) return <Waiting />
  return <Done {...props} review={review} />
}

function Done({ project, task, filter, change, review }: Props & { review: Review }) {
  const navigate = useNavigate()
  const filtered = Object.keys(filter).some((name) => name !== 'order')
  const { progress } = review
  return (
    <div className="frame">
      <WorkHead project={project} task={task} note={progress === null ? undefined : inWords(progress)}>
        <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
      </WorkHead>
      <Empty
        icon={<IconChecks size={36} stroke={1.4} />}
        title={filtered ? 'Nothing else fits this filter' : 'All that waited for you is reviewed'}
        action={
          <Button autoFocus onClick={() => (filtered ? change({}) : void navigate(`/projects/${project}/tasks/${task.id}`))}>
            {filtered ? 'Show all that waits' : 'To the task'}
          </Button>
        }
      >
        {progress !== null && `${whole(progress.reviewed)} of ${whole(progress.entered)} inputs are reviewed in the whole task.`}
      </Empty>
    </div>
  )
}

function Working({ project, task, filter, change: refilter, review, drafts, input }: Props & { review: Review; drafts: Drafts; input: WorkInput }) {
  const navigate = useNavigate()
  const colour = useColours(project)
  const me = useMe().data?.name ?? ''
  const { history, change } = useDraft(drafts, input)
  const [dialog, setDialog] = useState<'all' | 'filter' | null>(null)
  const [commenting, comment] = useFor(input.id, false)
  const { feed, decide, move } = review
  const back = useCallback(() => move(-1), [move])
  const on = useCallback(() => move(1), [move])
  const next = feed.at < feed.items.length - 1 ? on : null
  const following = feed.items[feed.at + 1]?.id
  const desk = useDesk({ input, history, change, concepts: task.concepts, makes: onlyType(task), me, previous: feed.at > 0 ? back : null, next })
  const { items, selected, select, commit, seen, turn } = desk
  const sections = useMemo(() => inSections(items), [items])
  // what lies beside the picture follows it a moment later
  const before = useDeferredValue(feed)
  const strip = useMemo(
    () => before.items.slice(before.at, before.at + 14).map(({ id, name, kind, text }) => ({ id, name, text, picture: kind === 'image' ? thumbnailOf(project, id, 160) : null })),
    [project, before],
  )

  const coming = before.items[before.at + 1]
  const ahead = useMemo(
    () => (coming === undefined || coming.id === input.id ? null : { input: coming, annotations: standing(drafted(drafts.kept, coming).draft).map(asDecided) }),
    [coming, drafts, input.id],
  )

  useControls(
    'review',
    useMemo<ReviewControls>(() => {
      const open = items.filter((one) => one.open)
      const at = open.findIndex(({ id }) => id === selected)
      const after = (by: 1 | -1): Drafted | undefined => (at < 0 ? (by > 0 ? open[0] : undefined) : open[at + by])
      const say = (action: 'approve' | 'reject'): void => {
        if (!seen()) return
        turn(following, () => decide(history, action))
      }
      const one = items.find(({ id }) => id === selected)
      return {
        approve: () => say('approve'),
        reject: () => say('reject'),
        requestChanges: () => seen() && comment(true),
        tick: one === undefined ? null : () => commit(ticked(history.draft, new Set([one.id]), !one.ticked)),
        hasOpen: (by) => after(by) !== undefined,
        stepOpen: (by) => select(after(by)?.id ?? null),
        all: () => setDialog('all'),
        filter: () => setDialog('filter'),
        grid: () => void navigate(`/projects/${project}/tasks/${task.id}/review/grid`),
        skip: next,
      }
    }, [items, selected, select, commit, seen, turn, following, comment, decide, history, navigate, project, task.id, next]),
  )
  const filtered = Object.keys(filter).length > 0
  const buttons = useMemo(() => <Buttons filtered={filtered} />, [filtered])
  return (
    <div className="frame" onMouseDown={keepFocus}>
      <WorkHead project={project} task={task} note={review.progress === null ? undefined : inWords(review.progress)}>
        {buttons}
      </WorkHead>
      <div className="desk">
        <DeskTools desk={desk} />
        <DeskStage project={project} desk={desk} ahead={ahead} colour={colour} />
        {desk.panel && (
          <aside className="viewer-panel" aria-label="Annotations">
            <Notes input={input} />
            <DeskList desk={desk} colour={colour} sections={sections} ticks late={before !== feed} />
            <Decisions ticked={items.filter((one) => one.ticked).length} />
          </aside>
        )}
      </div>
      <Strip now={strip[0]?.id ?? null} look={review.look} items={strip} />
      <ConceptPicker desk={desk} colour={colour} />
      <BulkDialog project={project} task={task.id} opened={dialog === 'all'} close={() => setDialog(null)} begun={drafts.begun} done={review.decidedMany} />
      <FilterDialog project={project} task={task.id} filter={filter} change={refilter} opened={dialog === 'filter'} close={() => setDialog(null)} />
      <Comment
        name={input.name}
        before={review.comments.get(input.id) ?? ''}
        opened={commenting}
        close={() => comment(false)}
        send={(said) => {
          comment(false)
          turn(following, () => decide(history, 'request_changes', said))
        }}
      />
    </div>
  )
}

/** A click on a button or a box leaves the keys where they are: Enter approves, and does not press that button again. */
export function keepFocus(event: MouseEvent): void {
  if ((event.target as HTMLElement).closest('button, [role=img], [type=checkbox]') !== null) event.preventDefault()
}

function inSections(items: readonly Drafted[]): { name: string; items: Drafted[] }[] {
  const standing = items.filter((one) => !one.open && one.id > 0)
  return [
    { name: 'To decide', items: items.filter((one) => one.open) },
    { name: 'New', items: items.filter(({ id }) => id < 0) },
    { name: 'Approved', items: standing.filter(({ status }) => status === 'success') },
    { name: 'Rejected', items: standing.filter(({ status }) => status === 'rejected') },
  ]
}

/** What was said of the input on its way here. */
export function Notes({ input }: { input: WorkInput }) {
  return (
    <>
      {input.arbiter === true && <Text className="desk-note" size="sm">The reviewers do not agree: you decide.</Text>}
      {input.comment !== null && (
        <Alert className="desk-note" radius={0} title="Changes were requested" variant="light">
          <Text size="sm">{input.comment}</Text>
        </Alert>
      )}
      {input.message !== null && (
        <Alert className="desk-note" radius={0} color="red" title="The model failed on it" variant="light">
          <Text size="sm">{input.message}</Text>
        </Alert>
      )}
    </>
  )
}

const Decisions = memo(function Decisions({ ticked: count }: { ticked: number }) {
  const approve = useAction('approve')
  const reject = useAction('reject')
  const changes = useAction('request-changes')
  return (
    <div className="desk-decide">
      <Button variant="default" px="xs" rightSection={<kbd aria-hidden>R</kbd>} onClick={reject.run}>
        {reject.label}
      </Button>
      <Button variant="default" px="xs" rightSection={<kbd aria-hidden>C</kbd>} onClick={changes.run}>
        {changes.label}
      </Button>
      <Button className="wide" rightSection={<kbd aria-hidden>⏎</kbd>} onClick={approve.run} title={`${many(count, 'annotation')} will stand`}>
        {approve.label}
      </Button>
    </div>
  )
})

function Buttons({ filtered }: { filtered: boolean }) {
  return (
    <>
      <ActionButton id="undo-last" icon={<IconArrowBackUp size={18} />} />
      <ActionButton id="skip" icon={<IconPlayerTrackNext size={18} />} />
      <ActionButton id="filter" icon={<IconFilter size={18} fill={filtered ? 'currentColor' : 'none'} />} />
      <ActionButton id="to-grid" icon={<IconLayoutGrid size={18} />} />
      <ActionButton id="help" icon={<IconKeyboard size={18} />} />
      <AllButton />
    </>
  )
}

const Comment = memo(function Comment({ name, before, opened, close, send }: { name: string; before: string; opened: boolean; close: () => void; send: (comment: string) => void }) {
  return (
    <Modal opened={opened} onClose={close} title={`Request changes on ${name}`} {...AT_ONCE}>
      {opened && <CommentForm before={before} send={send} />}
    </Modal>
  )
}, staysClosed)

function CommentForm({ before, send }: { before: string; send: (comment: string) => void }) {
  const [text, setText] = useState(before)
  const said = text.trim()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (said !== '') send(said)
      }}
    >
      <Stack>
        <Textarea
          autoFocus
          data-autofocus
          label="What should be different?"
          description="Whoever labels it reads this. Ctrl Enter sends it."
          autosize
          minRows={3}
          maxLength={2000}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.currentTarget.form?.requestSubmit()}
        />
        <Button type="submit" disabled={said === ''}>
          Request changes
        </Button>
      </Stack>
    </form>
  )
}

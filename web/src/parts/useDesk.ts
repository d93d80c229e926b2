/** The desk at which one input is worked on: what is selected, which tool is in hand, what is drafted. */
import { type RefObject, useCallback, useMemo, useRef, useState } from 'react'

import type { ViewerControls, WorkControls } from '../actions'
import type { WorkInput } from '../api/work'
import type { Drawable } from '../canvas/edit'
import type { DrawingTool, Tool } from '../canvas/editor'
import type { Drawn } from '../canvas/shapes'
import { type Adjustments, AS_IT_IS } from '../desk/adjust'
import { type Makes, toolsFor } from '../desk/drawn'
import { added, commit, type Change, type Drafted, duplicated, edited, find, flipped, type History, redo, removed, standing, undo } from '../desk/draft'
import { afterPaint } from './afterPaint'
import { useControls } from './controls'
import { type Hands, holds, lower, raise, showed } from './face'
import { moved, stepWord, stretched, wordsOf } from './spans'
import { useFor } from './useFor'
import { neighbour } from './words'

export interface Desk {
  input: WorkInput
  history: History
  /** All that stands, hidden or not. */
  items: readonly Drafted[]
  /** What the picture or text shows: nothing hidden, and what models said where it is asked for. */
  shown: readonly Drawn[]
  commit: (changes: readonly Change[], tag?: string) => void
  selected: number | null
  select: (id: number | null) => void
  hovered: number | null
  hover: (id: number | null) => void
  hidden: ReadonlySet<number>
  hide: (id: number) => void
  tool: Tool
  use: (tool: Tool) => void
  draws: readonly DrawingTool[]
  /** What is drawn next is given this one. */
  concept: string
  concepts: readonly string[]
  give: (concept: string) => void
  picking: 'give' | 'duplicate' | null
  pick: (what: 'give' | 'duplicate' | null) => void
  copy: (concept: string) => void
  marked: [number, number] | null
  mark: (marked: [number, number] | null) => void
  adjusting: boolean
  adjust: (open: boolean) => void
  adjustments: Adjustments
  setAdjustments: (adjustments: Adjustments) => void
  panel: boolean
  handsRef: RefObject<Hands | null>
  /** Of the face on which what comes next is painted. */
  behindRef: RefObject<Hands | null>
  /** Whether the input has been painted: nobody decides on what they have not seen. */
  seen: () => boolean
  /** Shows what comes next (its id) before doing what makes it the input; where it is not painted yet, that is done at once. */
  turn: (next: number | undefined, then: () => void) => void
  drawn: (region: Drawable) => void
  changed: (id: number, region: Drawable) => void
  subject: Drawn | null
}

interface Given {
  input: WorkInput
  history: History
  change: (change: (history: History) => History) => void
  concepts: readonly string[]
  /** The only type that is said here; null: any. */
  makes: Makes
  /** Who draws. */
  me: string
  /** What models said, shown beside the draft. */
  said?: readonly Drawn[]
  /** These two have to stay the same functions while they do the same, as controls are handed on when they change. */
  previous: (() => void) | null
  next: (() => void) | null
}

/** What is unticked is outlined as rejected. */
export function asDecided(one: Drafted): Drafted {
  return one.ticked ? one : { ...one, status: 'rejected' }
}

const NONE: ReadonlySet<number> = new Set()
const NOTHING: readonly Drawn[] = []

export function useDesk({ input, history, change, concepts, makes, me, said = NOTHING, previous, next }: Given): Desk {
  const { draft } = history
  const image = input.kind === 'image'
  const handsRef = useRef<Hands | null>(null)
  const behindRef = useRef<Hands | null>(null)
  const [selected, select] = useFor<number | null>(input.id, null)
  const [hovered, hover] = useFor<number | null>(input.id, null)
  const [hidden, setHidden] = useFor(input.id, NONE)
  const [marked, setMarked] = useFor<[number, number] | null>(input.id, null)
  const [redrawing, setRedrawing] = useFor<number | null>(input.id, null)
  const [tool, setTool] = useState<Tool>('select')
  const [chosen, setChosen] = useState<string | null>(null)
  const [picking, pick] = useState<'give' | 'duplicate' | null>(null)
  const [adjusting, adjust] = useState(false)
  const [adjustments, setAdjustments] = useState(AS_IT_IS)
  const [panel, setPanel] = useState(true)
  const concept = chosen !== null && concepts.includes(chosen) ? chosen : (concepts[0] ?? '')

  const draws = useMemo(() => toolsFor(makes), [makes])
  const spans = makes === null || makes === 'span'
  /** Number keys say concepts of the whole input. */
  const tags = saysOfAll(makes, input)
  const seen = useCallback(() => handsRef.current !== null && showed(handsRef.current, input.id), [input.id])
  const turn = useCallback(
    (next: number | undefined, then: () => void) => {
      const [front, behind] = [handsRef.current, behindRef.current]
      if (next === undefined || front === null || behind === null || !holds(behind, next)) return then()
      lower(front)
      raise(behind)
      afterPaint(then)
    },
    [],
  )

  const items = useMemo(() => standing(draft), [draft])
  const shown = useMemo(() => [...items.filter(({ id }) => !hidden.has(id)).map(asDecided), ...said], [items, hidden, said])
  const one = find(draft, selected)
  const words = useMemo(() => (image ? [] : wordsOf(input.text ?? '')), [image, input.text])

  const mark = useCallback((words: [number, number] | null) => spans && setMarked(words), [spans, setMarked])
  const make = useCallback((changes: readonly Change[], tag?: string) => change((before) => commit(before, changes, tag)), [change])
  const add = useCallback(
    (region: Drafted['region'], as: string) => {
      const changes = added(draft, { concept: as, region, labeler: me })
      make(changes)
      select(changes[0]?.after?.id ?? null)
    },
    [draft, make, select, me],
  )
  const give = useCallback(
    (as: string) => {
      setChosen(as)
      if (marked !== null && redrawing !== null) {
        make(edited(draft, redrawing, { concept: as, region: { kind: 'span', value: marked } }))
        setRedrawing(null)
        mark(null)
      } else if (marked !== null) {
        add({ kind: 'span', value: marked }, as)
        mark(null)
      } else if (tags) make(flipped(draft, as, me))
      else if (selected !== null) make(edited(draft, selected, { concept: as }))
    },
    [marked, redrawing, tags, selected, draft, make, add, mark, setRedrawing, me],
  )
  const copy = useCallback(
    (as: string) => {
      if (selected === null) return
      const changes = duplicated(draft, selected, as, me)
      make(changes)
      select(changes[0]?.after?.id ?? selected)
    },
    [draft, selected, make, select, me],
  )
  const drawn = useCallback(
    (region: Drawable) => {
      if (redrawing === null) return add(region, concept)
      make(edited(draft, redrawing, { region }))
      setRedrawing(null)
      setTool('select')
    },
    [redrawing, add, concept, draft, make, setRedrawing],
  )
  const changed = useCallback((id: number, region: Drawable) => make(edited(draft, id, { region }), `region ${id}`), [draft, make])
  const hide = useCallback(
    (id: number) =>
      setHidden((before) => {
        const now = new Set(before)
        if (!now.delete(id)) now.add(id)
        return now
      }),
    [setHidden],
  )
  const use = useCallback(
    (which: Tool) => {
      if (which === tool && which !== 'select' && which !== 'hand') handsRef.current?.editor.drawMiddle()
      setTool(which)
    },
    [tool],
  )

  /** Keys move the end of what is marked, or of the selected span. */
  const moveSpan = useCallback(
    (to: (span: [number, number]) => [number, number]) => {
      if (marked !== null) mark(to(marked))
      else if (one?.region?.kind === 'span') make(edited(draft, one.id, { region: { kind: 'span', value: to(one.region.value) } }), `region ${one.id}`)
    },
    [marked, mark, one, draft, make],
  )

  useControls(
    'work',
    useMemo<WorkControls>(() => {
      const length = input.length ?? 0
      const hands = (): Hands | null => handsRef.current
      return {
        image,
        draws,
        use,
        concept: (number) => concepts[number - 1] !== undefined && give(concepts[number - 1] as string),
        selected: one !== undefined,
        changeConcept: () => pick('give'),
        duplicate: () => pick('duplicate'),
        redraw:
          one === undefined || makes === 'class'
            ? null
            : () => {
                setRedrawing(one.id)
                if (image) setTool(one.region?.kind === 'polygon' ? 'polygon' : 'box')
              },
        remove: () => {
          if (hands()?.editor.takePoint() === true || one === undefined) return
          make(removed(draft, one.id))
          select(null)
        },
        hide: () => one !== undefined && hide(one.id),
        nudge: (dx, dy) => {
          if (image) hands()?.editor.nudge(dx, dy)
          else if (dx !== 0) moveSpan((span) => stretched(words, span, dx > 0 ? 1 : -1))
          else moveSpan((span) => moved(span, 'start', Math.sign(dy), length))
        },
        grow: (dx, dy) => {
          if (image) hands()?.editor.grow(dx, dy)
          else moveSpan((span) => moved(span, 'end', Math.sign(dx + dy), length))
        },
        stepPoint: (by) => (image ? hands()?.editor.step(by) : mark(stepWord(words, marked ?? (one?.region?.kind === 'span' ? one.region.value : null), by))),
        givePoint: () => hands()?.editor.givePoint(),
        undo: history.done.length > 0 ? () => change(undo) : null,
        redo: history.undone.length > 0 ? () => change(redo) : null,
        cancel: () => {
          setRedrawing(null)
          if (hands()?.editor.drawing === true) hands()?.editor.cancel()
          else if (tool !== 'select') setTool('select')
          else if (marked !== null) mark(null)
          else select(null)
        },
        adjust: () => adjust((before) => !before),
        closeDrawing: () => hands()?.editor.close() === true,
      }
    }, [image, draws, use, makes, concepts, give, one, draft, make, select, hide, moveSpan, words, mark, marked, history, change, setRedrawing, tool, input.length]),
  )
  useControls(
    'viewer',
    useMemo<ViewerControls>(
      () => ({
        fit: () => handsRef.current?.canvas.fit(),
        actualSize: () => handsRef.current?.canvas.actualSize(),
        zoomBy: (factor) => handsRef.current?.canvas.zoomBy(factor),
        pan: image ? (dx, dy) => handsRef.current?.canvas.panBy(-dx, -dy) : null,
        step: (by) => select(shown[neighbour(shown.findIndex(({ id }) => id === selected), by, shown.length)]?.id ?? null),
        hideAll: () => setHidden((before) => (before.size > 0 ? NONE : new Set(items.map(({ id }) => id)))),
        panel: () => setPanel((before) => !before),
        previous,
        next,
        back: null,
      }),
      [image, shown, items, selected, select, setHidden, previous, next],
    ),
  )

  const subject = one !== undefined && !hidden.has(one.id) ? one : null
  return {
    input, history, items, shown, commit: make, selected, select, hovered, hover, hidden, hide, tool, use, draws, concept, concepts, give, picking, pick, copy, marked, mark,
    adjusting, adjust, adjustments, setAdjustments, panel, handsRef, behindRef, seen, turn, drawn, changed, subject,
  }
}

/** Whether what is said here is said of whole inputs. */
function saysOfAll(makes: Makes, { annotations }: WorkInput): boolean {
  return makes === 'class' || (makes === null && annotations.length > 0 && annotations.every(({ region }) => region === null))
}

import { type CSSProperties, memo, useEffect, useMemo, useRef } from 'react'

import type { Drawn } from '../canvas/shapes'
import { isFree } from './face'
import { pieces, pointsBefore } from './spans'

export interface EditTextProps {
  /** It is seen; else it lies behind what is. */
  front: boolean
  text: string
  annotations: readonly Drawn[]
  colour: (concept: string) => string
  hovered: number | null
  selected: number | null
  onHover: (id: number | null) => void
  onPick: (id: number | null) => void
  /** What is marked to be given a concept, in code points, end exclusive. */
  marked: [number, number] | null
  onMark: (marked: [number, number] | null) => void
}

/** No annotation has this id. */
const MARKED = NaN

/** A text whose words can be marked by mouse; keys mark them through the table of actions. */
export const EditText = memo(function EditText({ front, text, annotations, colour, hovered, selected, onHover, onPick, marked, onMark }: EditTextProps) {
  const element = useRef<HTMLDivElement>(null)
  const parts = useMemo(() => {
    const spans = annotations.flatMap(({ id, concept, region }) => (region?.kind === 'span' ? [{ id, concept, span: region.value }] : []))
    return pieces(text, marked === null ? spans : [...spans, { id: MARKED, concept: '', span: marked }])
  }, [text, annotations, marked])
  useEffect(() => {
    element.current?.querySelector('[data-marked], [data-selected]')?.scrollIntoView({ block: 'nearest' })
  }, [marked, selected])
  useEffect(() => {
    if (front && isFree(document.activeElement)) element.current?.focus({ preventScroll: true })
  }, [front])
  const take = (): void => {
    const found = taken(element.current as HTMLElement)
    if (found !== null) onMark(found)
  }
  return (
    <div className="text" ref={element} tabIndex={0} role="group" aria-label="Text" onMouseUp={take}>
      {parts.map(({ from, words, spans }) => {
        const said = spans.filter(({ id }) => !Number.isNaN(id))
        const [span] = said
        const isMarked = said.length < spans.length || undefined
        if (span === undefined) return <span key={from} data-from={from} data-marked={isMarked}>{words}</span>
        return (
          <mark
            key={from}
            className="span"
            data-from={from}
            data-marked={isMarked}
            title={said.map(({ concept }) => concept).join(', ')}
            data-on={said.some(({ id }) => id === hovered || id === selected) || undefined}
            data-selected={said.some(({ id }) => id === selected) || undefined}
            style={{ '--colour': colour(span.concept) } as CSSProperties}
            onMouseEnter={() => onHover(span.id)}
            onMouseLeave={() => onHover(null)}
            onClick={() => onPick(span.id === selected ? null : span.id)}
          >
            {words}
          </mark>
        )
      })}
    </div>
  )
})

/** What the browser has selected within an element, in code points; from then on it is ours to show. */
function taken(element: HTMLElement): [number, number] | null {
  const selection = window.getSelection()
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const [from, to] = [place(element, range.startContainer, range.startOffset, false), place(element, range.endContainer, range.endOffset, true)]
  if (from === null || to === null || from >= to) return null
  selection.removeAllRanges()
  return [from, to]
}

function place(element: HTMLElement, node: Node, offset: number, end: boolean): number | null {
  const piece = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('[data-from]') ?? null
  if (piece === null || !element.contains(piece)) {
    // a selection that goes past the last piece ends at the element itself
    if (node !== element) return null
    const next = element.children[offset] as HTMLElement | undefined
    return next === undefined ? Array.from(element.textContent).length : Number(next.dataset.from)
  }
  const words = piece.textContent
  const within = node.nodeType === Node.TEXT_NODE ? offset : offset === 0 ? 0 : words.length
  return Number(piece.dataset.from) + pointsBefore(words, within, end)
}

import { type RefObject, useEffect, useRef } from 'react'

import type { Input } from '../api/types'
import { type Events, Grid } from '../grid/grid'
import type { Look } from '../grid/tile'

interface Props {
  items: readonly Input[]
  size: number
  look: Look
  events: Events
  gridRef: RefObject<Grid | null>
}

/** The grid in React's clothes. */
export function GridView({ items, size, look, events, gridRef }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const hear = useRef(events)
  const first = useRef(size)
  useEffect(() => {
    hear.current = events
  }, [events])
  useEffect(() => {
    const made = new Grid(scroller.current as HTMLElement, first.current, look, {
      open: (input) => hear.current.open(input),
      remove: (inputs) => hear.current.remove(inputs),
      selected: (inputs) => hear.current.selected(inputs),
      more: () => hear.current.more(),
    })
    gridRef.current = made
    return () => {
      gridRef.current = null
      made.close()
    }
  }, [gridRef, look])
  useEffect(() => gridRef.current?.show(items), [gridRef, items, look])
  useEffect(() => {
    first.current = size
    gridRef.current?.resize(size)
  }, [gridRef, size])
  return <div ref={scroller} className="grid-scroller" />
}

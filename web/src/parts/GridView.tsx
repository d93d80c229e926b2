import { type RefObject, useEffect, useRef } from 'react'

import type { Input } from '../api/types'
import { type Events, Grid } from '../grid/grid'
import type { Look } from '../grid/tile'

interface Props {
  items: readonly Input[]
  size: number
  look: Look
  events: Events
  grid: RefObject<Grid | null>
}

/** The grid in React's clothes. */
export function GridView({ items, size, look, events, grid }: Props) {
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
    grid.current = made
    return () => {
      grid.current = null
      made.close()
    }
  }, [grid, look])
  useEffect(() => grid.current?.show(items), [grid, items, look])
  useEffect(() => {
    first.current = size
    grid.current?.resize(size)
  }, [grid, size])
  return <div ref={scroller} className="grid-scroller" />
}

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
  /** Names the list, so that who comes back to it from an input is where they were. */
  name: string
}

const places = new Map<string, { top: number; at: number }>()

/** The grid in React's clothes. */
export function GridView({ items, size, look, events, gridRef, name }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const hear = useRef(events)
  const first = useRef({ items, size, look })
  useEffect(() => {
    hear.current = events
  }, [events])
  useEffect(() => {
    const element = scroller.current as HTMLElement
    const made = new Grid(element, first.current.size, first.current.look, {
      open: (input) => hear.current.open(input),
      remove: (inputs) => hear.current.remove(inputs),
      selected: (inputs) => hear.current.selected(inputs),
      more: () => hear.current.more(),
    })
    gridRef.current = made
    made.show(first.current.items)
    const place = places.get(name)
    if (place !== undefined) {
      element.scrollTop = place.top
      made.focus(place.at)
    }
    return () => {
      places.set(name, { top: element.scrollTop, at: made.at })
      gridRef.current = null
      made.close()
    }
  }, [gridRef, name])
  useEffect(() => {
    first.current = { items, size, look }
  }, [items, size, look])
  useEffect(() => gridRef.current?.dress(look), [gridRef, look])
  useEffect(() => gridRef.current?.show(items), [gridRef, items])
  useEffect(() => gridRef.current?.resize(size), [gridRef, size])
  return <div ref={scroller} className="grid-scroller" />
}

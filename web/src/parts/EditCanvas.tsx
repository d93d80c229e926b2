import { type RefObject, useEffect, useRef, useState } from 'react'

import { Canvas } from '../canvas/canvas'
import type { Drawable } from '../canvas/edit'
import { Editor, type Tool } from '../canvas/editor'
import type { Drawn } from '../canvas/shapes'
import { useGround } from './ground'
import { useSharpPicture } from './pictures'

export interface Hands {
  canvas: Canvas
  editor: Editor
}

interface Props {
  project: number
  /** null: the canvas waits out of sight, as it takes long to make. */
  input: { id: number; name: string; width: number; height: number } | null
  annotations: readonly Drawn[]
  colour: (concept: string) => string
  hovered: number | null
  selected: number | null
  onHover: (id: number | null) => void
  onPick: (id: number | null) => void
  handsRef: RefObject<Hands | null>
  tool: Tool
  /** What may be changed, and the colour of what is drawn. */
  subject: Drawn | null
  ink: string
  filter: string
  onDrawn: (region: Drawable) => void
  onChanged: (id: number, region: Drawable) => void
}

const NOWHERE = { width: 1, height: 1 }
/** So much of what was read ahead may be stretched before the whole file is asked for. */
const STRETCH = 1.15

/** The canvas with its tools, in React's clothes. */
export function EditCanvas({ project, input, annotations, colour, hovered, selected, onHover, onPick, handsRef, tool, subject, ink, filter, onDrawn, onChanged }: Props) {
  const element = useRef<HTMLCanvasElement>(null)
  const hear = useRef({ onHover, onPick, onDrawn, onChanged, tool })
  const [scale, setScale] = useState(0)
  const id = input?.id ?? null
  const { width, height } = input ?? NOWHERE
  const close = scale * devicePixelRatio * Math.max(width, height) > 1280 * STRETCH
  const { picture, lost } = useSharpPicture(project, input, close)
  const ground = useGround()

  useEffect(() => {
    hear.current = { onHover, onPick, onDrawn, onChanged, tool }
  }, [onHover, onPick, onDrawn, onChanged, tool])
  useEffect(() => {
    const canvas = new Canvas(element.current as HTMLCanvasElement, {
      hover: (id) => hear.current.onHover(id),
      pick: (id) => hear.current.tool !== 'hand' && hear.current.onPick(id),
      view: (view) => setScale(view.scale),
    })
    const editor = new Editor(canvas, {
      drawn: (region) => hear.current.onDrawn(region),
      changed: (id, region) => hear.current.onChanged(id, region),
    })
    handsRef.current = { canvas, editor }
    return () => {
      handsRef.current = null
      canvas.close()
    }
  }, [handsRef])
  useEffect(() => {
    if (id !== null) handsRef.current?.canvas.show({ input: id, picture, size: { width, height }, annotations, colour, ground, filter })
  }, [handsRef, id, picture, width, height, annotations, colour, ground, filter])
  const away = id === null
  useEffect(() => {
    if (!away) element.current?.focus({ preventScroll: true }) // Tab goes on from here
  }, [away])
  useEffect(() => handsRef.current?.canvas.hover(hovered), [handsRef, hovered])
  useEffect(() => handsRef.current?.canvas.select(selected), [handsRef, selected])
  useEffect(() => handsRef.current?.editor.use(tool), [handsRef, tool, id])
  useEffect(() => handsRef.current?.editor.edit(subject, ink), [handsRef, subject, ink])

  return (
    <>
      <canvas ref={element} className="stage" role="img" tabIndex={0} aria-label={`${input?.name ?? ''} with ${annotations.length} annotations`} />
      {lost !== null && (
        <p className="desk-lost" role="status">
          {lost === 'never' ? 'This picture cannot be shown: its file is damaged or gone.' : 'The picture does not come. It is asked for again by itself.'}
        </p>
      )}
    </>
  )
}

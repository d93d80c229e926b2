import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

import type { WorkInput } from '../api/work'
import { Canvas } from '../canvas/canvas'
import type { Drawable } from '../canvas/edit'
import { Editor, type Tool } from '../canvas/editor'
import type { Drawn } from '../canvas/shapes'
import { type Hands, isFree } from './face'
import { useGround } from './ground'
import { painted } from './painted'
import { useSharpPicture } from './pictures'

interface Props {
  project: number
  /** It is seen; else it lies behind another and paints what comes next, so that that is there with the key. */
  front: boolean
  /** null: the canvas waits out of sight, as it takes long to make. */
  input: Pick<WorkInput, 'id' | 'name' | 'width' | 'height'> | null
  annotations: readonly Drawn[]
  colour: (concept: string) => string
  hovered: number | null
  selected: number | null
  onHover: (id: number | null) => void
  onPick: (id: number | null) => void
  /** Of what lies there, in front or behind. */
  handsRef: RefObject<Hands | null>
  tool: Tool
  /** What may be changed, and the colour of what is drawn. */
  subject: Drawn | null
  ink: string
  filter: string
  onDrawn: (region: Drawable) => void
  onChanged: (id: number, region: Drawable) => void
}

/** So much of what was read ahead may be stretched before the whole file is asked for. */
const STRETCH = 1.15

/** A canvas with its tools, for as long as its element is there; `scale`: screen pixels per pixel of the picture. */
function useHands({ onHover, onPick, onDrawn, onChanged, tool }: Pick<Props, 'onHover' | 'onPick' | 'onDrawn' | 'onChanged' | 'tool'>) {
  const element = useRef<HTMLCanvasElement>(null)
  const hands = useRef<Hands | null>(null)
  const hear = useRef({ onHover, onPick, onDrawn, onChanged, tool })
  const [scale, setScale] = useState(0)
  useEffect(() => {
    hear.current = { onHover, onPick, onDrawn, onChanged, tool }
  }, [onHover, onPick, onDrawn, onChanged, tool])
  useLayoutEffect(() => {
    const stage = element.current as HTMLCanvasElement
    const canvas = new Canvas(stage, {
      hover: (id) => hear.current.onHover(id),
      pick: (id) => hear.current.tool !== 'hand' && hear.current.onPick(id),
      view: (view) => setScale(view.scale),
    })
    const editor = new Editor(canvas, {
      drawn: (region) => hear.current.onDrawn(region),
      changed: (id, region) => hear.current.onChanged(id, region),
    })
    hands.current = { canvas, editor, face: stage.closest('.face') as HTMLElement }
    return () => {
      hands.current = null
      canvas.close()
    }
  }, [])
  return { element, hands, scale }
}

/** The canvas with its tools, in React's clothes. */
export const EditCanvas = memo(function EditCanvas({ project, front, input, annotations, colour, hovered, selected, onHover, onPick, handsRef, tool, subject, ink, filter, onDrawn, onChanged }: Props) {
  const { element, hands, scale } = useHands({ onHover, onPick, onDrawn, onChanged, tool })
  const id = input?.id ?? null
  const [width, height] = [input?.width ?? 1, input?.height ?? 1]
  const close = front && scale * devicePixelRatio * Math.max(width, height) > 1280 * STRETCH
  const { picture, lost } = useSharpPicture(project, id === null ? null : { id, width, height }, close)
  const ground = useGround()

  useLayoutEffect(() => {
    handsRef.current = hands.current
    return () => {
      handsRef.current = null
    }
  }, [hands, handsRef])
  useEffect(() => {
    if (id === null) return
    const show = (): void => hands.current?.canvas.show({ input: id, picture, size: { width, height }, annotations, colour, ground, filter })
    if (front) return show()
    let waits = true
    void painted().then(() => {
      if (!waits) return
      hands.current?.editor.edit(null, ink)
      show()
    })
    return () => {
      waits = false
    }
  }, [hands, front, id, picture, width, height, annotations, colour, ground, filter, ink])
  const away = id === null
  useEffect(() => {
    if (front && !away && isFree(document.activeElement)) element.current?.focus({ preventScroll: true })
  }, [element, front, away])
  useEffect(() => {
    if (!front) return
    hands.current?.canvas.hover(hovered)
    hands.current?.canvas.select(selected)
  }, [hands, front, hovered, selected])
  useEffect(() => {
    if (front) hands.current?.editor.use(tool)
  }, [hands, front, tool, id])
  useEffect(() => {
    if (front) hands.current?.editor.edit(subject, ink)
  }, [hands, front, subject, ink])

  return (
    <>
      <canvas ref={element} className={front ? 'stage' : 'stage-behind'} role="img" tabIndex={front ? 0 : -1} aria-label={`${input?.name ?? ''} with ${annotations.length} annotations`} />
      {front && lost !== null && (
        <p className="desk-lost" role="status">
          {lost === 'never' ? 'This picture cannot be shown: its file is damaged or gone.' : 'The picture does not come. It is asked for again by itself.'}
        </p>
      )}
    </>
  )
})

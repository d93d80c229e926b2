import { type RefObject, useEffect, useRef, useState } from 'react'

import { fileOf, thumbnailOf } from '../api/calls'
import type { Drawn } from '../canvas/shapes'
import { Canvas } from '../canvas/canvas'
import { useGround } from './ground'
import type { Looked } from './looked'

interface Props extends Looked {
  project: number
  input: { id: number; name: string; width: number; height: number }
  annotations: readonly Drawn[]
  canvasRef: RefObject<Canvas | null>
}

/** The canvas in React's clothes: hands data in, hears what is hovered and picked. */
export function CanvasView({ project, input, annotations, colour, hidden, hovered, selected, onHover, onPick, canvasRef }: Props) {
  const element = useRef<HTMLCanvasElement>(null)
  const hear = useRef({ onHover, onPick })
  const picture = usePicture(project, input.id)
  const ground = useGround()
  const { width, height } = input

  useEffect(() => {
    hear.current = { onHover, onPick }
  }, [onHover, onPick])
  useEffect(() => {
    const made = new Canvas(element.current as HTMLCanvasElement, {
      hover: (id) => hear.current.onHover(id),
      pick: (id) => hear.current.onPick(id),
    })
    canvasRef.current = made
    return () => {
      canvasRef.current = null
      made.close()
    }
  }, [canvasRef])
  useEffect(() => canvasRef.current?.show({ picture, size: { width, height }, annotations, colour, ground }), [canvasRef, picture, width, height, annotations, colour, ground])
  useEffect(() => canvasRef.current?.hide(hidden), [canvasRef, hidden])
  useEffect(() => canvasRef.current?.hover(hovered), [canvasRef, hovered])
  useEffect(() => canvasRef.current?.select(selected), [canvasRef, selected])

  return <canvas ref={element} className="stage" role="img" aria-label={`${input.name} with ${annotations.length} annotations`} />
}

/** A small picture at once, the whole one as soon as it is there; what a browser cannot show stays the server's copy. */
function usePicture(project: number, id: number): HTMLImageElement | null {
  const [shown, setShown] = useState<{ id: number; picture: HTMLImageElement } | null>(null)
  useEffect(() => {
    let current = true
    const load = (address: string): Promise<HTMLImageElement> => {
      const picture = new Image()
      picture.src = address
      return picture.decode().then(() => picture)
    }
    const whole = load(fileOf(project, id)).catch(() => load(thumbnailOf(project, id, 2560)))
    let final = false
    load(thumbnailOf(project, id, 640)).then((picture) => current && !final && setShown({ id, picture }), () => undefined)
    whole.then((picture) => {
      final = true
      if (current) setShown({ id, picture })
    }, () => undefined)
    return () => {
      current = false
    }
  }, [project, id])
  return shown?.id === id ? shown.picture : null
}

import { inkOn } from './colours'
import type { Outline, Shape } from './shapes'
import type { Size, View } from './view'

/** What it takes to draw regions: a 2D context or a stand-in that counts. */
export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

const DASHES: Record<Outline, number[]> = { solid: [], dashed: [7, 4], dotted: [1.5, 4] }
const HALO = 'rgba(0, 0, 0, 0.55)'

/** So many regions share a path: enough to save strokes, few enough that rasterizing one stays cheap. */
const TOGETHER = 8
/** Below this size on the screen (pixels) dashes and halo would only blur. */
const TINY = 16

/**
 * Strokes regions, some of one colour and outline at a time, a dark halo under them so that lines read on any photo.
 * It yields after each stroke, so that thousands can be spread over frames. What lies outside the window is left out.
 */
export function* strokes(pen: Pen, found: readonly Shape[], view: View, picture: Size, window: Size, colour: (concept: string) => string): Generator<void> {
  const styles = new Map<string, { ink: string; outline: Outline; tiny: boolean; shapes: Shape[] }>()
  const [sx, sy] = [picture.width * view.scale, picture.height * view.scale]
  for (const shape of found) {
    if (!inSight(shape, view, picture, window)) continue
    const [x1, y1, x2, y2] = shape.bounds
    const ink = colour(shape.concept)
    const tiny = (x2 - x1) * sx < TINY && (y2 - y1) * sy < TINY
    const key = ink + (tiny ? 'tiny' : shape.outline)
    const style = styles.get(key)
    if (style === undefined) styles.set(key, { ink, outline: tiny ? 'solid' : shape.outline, tiny, shapes: [shape] })
    else style.shapes.push(shape)
  }
  for (const { ink, outline, tiny, shapes } of styles.values())
    for (let at = 0; at < shapes.length; at += TOGETHER) {
      const path = new Path2D()
      for (const shape of shapes.slice(at, at + TOGETHER)) trace(path, shape, sx, sy, view.x, view.y)
      pen.lineJoin = tiny ? 'miter' : 'round'
      pen.lineCap = outline === 'dotted' ? 'round' : 'butt'
      pen.setLineDash(DASHES[outline])
      if (!tiny) stroke(pen, path, HALO, 3.5)
      stroke(pen, path, ink, tiny ? 1.5 : 2)
      yield
    }
  pen.setLineDash([])
}

function inSight({ bounds: [x1, y1, x2, y2] }: Shape, { scale, x, y }: View, { width, height }: Size, window: Size): boolean {
  const [sx, sy] = [width * scale, height * scale]
  return x2 * sx + x >= 0 && y2 * sy + y >= 0 && x1 * sx + x <= window.width && y1 * sy + y <= window.height
}

function stroke(pen: Pen, path: Path2D, ink: string, width: number): void {
  pen.strokeStyle = ink
  pen.lineWidth = width
  pen.stroke(path)
}

function trace(path: Path2D, shape: Shape, sx: number, sy: number, x: number, y: number): void {
  if (shape.box) {
    const [x1, y1, x2, y2] = shape.bounds
    path.rect(x1 * sx + x, y1 * sy + y, (x2 - x1) * sx, (y2 - y1) * sy)
    return
  }
  for (const ring of shape.rings) {
    for (let at = 0; at < ring.length; at += 2) {
      const [px, py] = [(ring[at] as number) * sx + x, (ring[at + 1] as number) * sy + y]
      if (at === 0) path.moveTo(px, py)
      else path.lineTo(px, py)
    }
    path.closePath()
  }
}

/** One region, picked out: filled lightly and with a heavier line. */
export function paintPicked(pen: Pen, shape: Shape, view: View, picture: Size, ink: string, selected: boolean): void {
  const path = new Path2D()
  trace(path, shape, picture.width * view.scale, picture.height * view.scale, view.x, view.y)
  pen.globalAlpha = selected ? 0.28 : 0.2
  pen.fillStyle = ink
  pen.fill(path, 'evenodd')
  pen.globalAlpha = 1
  pen.lineJoin = 'round'
  pen.setLineDash([])
  pen.strokeStyle = selected ? '#ffffff' : HALO
  pen.lineWidth = 5
  pen.stroke(path)
  pen.setLineDash(DASHES[shape.outline])
  pen.strokeStyle = ink
  pen.lineWidth = 2.5
  pen.stroke(path)
  pen.setLineDash([])
}

/** Concept and score on a chip above the region, kept within the window. */
export function paintName(pen: Pen, shape: Shape, view: View, picture: Size, window: Size, ink: string): void {
  const text = shape.score === null ? shape.concept : `${shape.concept}  ${shape.score.toFixed(2)}`
  pen.font = '12px Inter, system-ui, "DejaVu Sans", sans-serif'
  const width = pen.measureText(text).width + 10
  const left = shape.bounds[0] * picture.width * view.scale + view.x
  const top = shape.bounds[1] * picture.height * view.scale + view.y
  const x = Math.max(0, Math.min(left - 1, window.width - width))
  const y = Math.max(0, Math.min(top - 19, window.height - 18))
  pen.fillStyle = ink
  pen.beginPath()
  pen.roundRect(x, y, width, 18, 3)
  pen.fill()
  pen.fillStyle = inkOn(ink)
  pen.textBaseline = 'middle'
  pen.fillText(text, x + 5, y + 9.5)
}

const NAMES_UP_TO = 30

/** The names of all regions in sight, unless they are many. */
export function paintNames(pen: Pen, shapes: readonly Shape[], view: View, picture: Size, window: Size, colour: (concept: string) => string): void {
  if (shapes.length > NAMES_UP_TO) return
  for (const shape of shapes) if (inSight(shape, view, picture, window)) paintName(pen, shape, view, picture, window, colour(shape.concept))
}

import type { Pen } from './paint'
import type { Size, View } from './view'

/** What is painted beyond the stage, so that panning meets something; from half of it on a new buffer is begun. */
export const MARGIN = 256
/** Milliseconds of a frame that painting may take; the rest waits for the next frame. */
const SLICE = 3

/** Paints stroke by stroke; `room` is how large the paper is. */
export type Painting = (pen: Pen, view: View, room: Size) => Iterator<void>

/**
 * A view painted once, larger than the stage: panning only blits it. A new one is painted behind the one that is seen, a
 * slice each frame, so that no frame is long however many strokes there are.
 */
export class Buffer {
  #front = document.createElement('canvas')
  #back = document.createElement('canvas')
  readonly #probe = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
  #work: { view: View; strokes: Iterator<void> } | null = null
  #painted: View | null = null
  /** Strokes a frame, found out as it goes: machines differ by a hundred times. */
  #quota = 6

  /** The view that is painted; null: none that is of use. */
  get view(): View | null {
    return this.#painted
  }

  /** One is being painted behind. */
  get busy(): boolean {
    return this.#work !== null
  }

  /** `ground`: the colour of what the painting leaves free. */
  begin(seen: View, stage: Size, ground: string, painting: Painting): void {
    const margin = whole(MARGIN)
    const room = { width: stage.width + 2 * margin, height: stage.height + 2 * margin }
    const [width, height] = [Math.round(room.width * devicePixelRatio), Math.round(room.height * devicePixelRatio)]
    // opaque: what is seen through has to be mixed with what lies below, pixel by pixel, with every frame
    const pen = this.#back.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    if (this.#back.width === width && this.#back.height === height) pen.reset() // cheaper than as much memory anew
    else Object.assign(this.#back, { width, height })
    const view = { scale: seen.scale, x: seen.x + margin, y: seen.y + margin }
    pen.fillStyle = ground
    pen.fillRect(0, 0, width, height)
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    this.#work = { view: seen, strokes: painting(pen, view, room) }
  }

  /** Goes on for a slice; when that ends it, it is the one that is seen. */
  advance(): void {
    if (this.#work === null) return
    const start = performance.now()
    for (let some = 0; some < this.#quota; some++)
      if (this.#work.strokes.next().done) {
        this.#painted = this.#work.view
        this.#work = null
        ;[this.#front, this.#back] = [this.#back, this.#front]
        return
      }
    // browsers only note strokes down until somebody looks: look, so that the clock counts what they cost
    this.#probe.drawImage(this.#back, 0, 0, 1, 1, 0, 0, 1, 1)
    const took = performance.now() - start
    this.#quota = Math.max(1, Math.min(64, Math.round(this.#quota * Math.min(1.5, SLICE / Math.max(took, 0.1)))))
  }

  /** Everything is different: what was painted is of no use any more. */
  drop(): void {
    this.#painted = null
    this.#work = null
  }

  /** Whether a view lies so far (pixels) from what is painted. A stretched one is near enough while one zooms. */
  beyond(view: View, distance: number): boolean {
    const painted = this.#painted
    if (painted === null || painted.scale !== view.scale) return painted === null
    return Math.abs(painted.x - view.x) > distance || Math.abs(painted.y - view.y) > distance
  }

  blit(pen: CanvasRenderingContext2D, view: View, { width, height }: Size): void {
    const painted = this.#painted
    if (painted === null) return
    const by = view.scale / painted.scale
    const margin = whole(MARGIN)
    const [left, top] = [view.x - (painted.x + margin) * by, view.y - (painted.y + margin) * by]
    if (by === 1) return copy(pen, this.#front, left, top)
    pen.drawImage(this.#front, left, top, (width + 2 * margin) * by, (height + 2 * margin) * by)
  }
}

/** The length that is a whole number of the screen's pixels and next to this one. */
function whole(length: number): number {
  return Math.round(length * devicePixelRatio) / devicePixelRatio
}

/** Puts a canvas on another, pixel on pixel: between them each would be made of four. */
function copy(pen: CanvasRenderingContext2D, from: HTMLCanvasElement, left: number, top: number): void {
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.drawImage(from, Math.round(left * devicePixelRatio), Math.round(top * devicePixelRatio))
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
}

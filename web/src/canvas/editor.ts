import type { Canvas } from './canvas'
import {
  addPoint, boundsOf, boxOf, drag, type Drawable, type Grip, handleAt, handles, meant, onSide, type Place, places, type Point, polygonOf, removePoint, shift, snap,
  stretch, withPoint,
} from './edit'
import { paintPicked, type Pen } from './paint'
import type { Hand } from './scene'
import { type Drawn, shapes } from './shapes'
import type { Size, View } from './view'

export type DrawingTool = 'box' | 'polygon'
export type Tool = 'select' | 'hand' | DrawingTool

export interface Heard {
  drawn: (region: Drawable) => void
  changed: (id: number, region: Drawable) => void
}

/** Pixels of the screen. */
const GRAB = 9
const SNAP = 6
const CLICK = 4

/** What an editor needs of the canvas that it works on. */
export type Sheet = Pick<Canvas, 'lend' | 'lift' | 'touch' | 'reach' | 'seen'>

interface Held {
  grip: Grip
  from: Point
  was: Drawable
  moved: boolean
}

/**
 * The tools that draw and change regions. It holds what is being done and nothing that is done: a finished drawing or
 * change is handed on, and comes back as what is shown.
 */
export class Editor implements Hand {
  readonly #canvas: Sheet
  readonly #heard: Heard
  #tool: Tool = 'select'
  #subject: (Drawn & { region: Drawable }) | null = null
  #ink = '#ffffff'
  #held: Held | null = null
  /** The region as it would be if it was let go now. */
  #live: Drawable | null = null
  #points: Point[] = []
  #start: Point | null = null
  #pointer: Point | null = null
  #place: Place | null = null

  constructor(canvas: Sheet, heard: Heard) {
    this.#canvas = canvas
    this.#heard = heard
    canvas.lend(this)
  }

  use(tool: Tool): void {
    if (tool === this.#tool && !this.drawing && this.#held === null) return
    this.#tool = tool
    this.cancel()
  }

  /** The region to change from now on, in its colour; null: none. */
  edit(subject: Drawn | null, ink: string): void {
    const { region } = subject ?? { region: null }
    if (region === null && this.#subject === null && ink === this.#ink && this.#live === null) return
    if (subject?.id !== this.#subject?.id) this.#place = null
    this.#subject = subject !== null && region !== null && region.kind !== 'span' ? { ...subject, region } : null
    if (this.#place !== null && !this.#pointAt(this.#place)) this.#place = null
    this.#ink = ink
    this.#held = null
    this.#live = null
    this.#canvas.lift(null)
    this.#canvas.touch()
  }

  /** A box or polygon is begun and not finished. */
  get drawing(): boolean {
    return this.#points.length > 0 || this.#start !== null
  }

  cancel(): void {
    this.#points = []
    this.#start = null
    this.#held = null
    this.#live = null
    this.#canvas.lift(null)
    this.#canvas.touch()
  }

  /** Ends a polygon where it is; false: there is none to end. */
  close(): boolean {
    if (this.#points.length === 0) return false
    const region = polygonOf(this.#points)
    this.cancel()
    if (region !== null) this.#heard.drawn(region)
    return true
  }

  /** Takes the last point of a polygon back, or away; false: no point is meant. */
  takePoint(): boolean {
    if (this.#points.length > 0) {
      this.#points = this.#points.slice(0, -1)
      this.#canvas.touch()
      return true
    }
    const [subject, place] = [this.#subject, this.#place]
    if (subject === null || place === null) return false
    const region = removePoint(subject.region, place)
    this.#place = null
    if (region !== null) this.#heard.changed(subject.id, region)
    return region !== null
  }

  /** A new point in the middle between the chosen one and the next. */
  givePoint(): void {
    const [subject, place] = [this.#subject, this.#place]
    if (subject === null || place === null) return
    const ring = places(subject.region).filter((one) => one.place.part === place.part && one.place.ring === place.ring)
    const [a, b] = [ring[place.at]?.point, ring[(place.at + 1) % ring.length]?.point]
    if (a === undefined || b === undefined) return
    this.#place = { ...place, at: place.at + 1 }
    this.#heard.changed(subject.id, addPoint(subject.region, place, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]))
  }

  /** Chooses the next or the previous point of the polygon. */
  step(by: 1 | -1): void {
    if (this.#subject === null) return
    const all = places(this.#subject.region)
    const now = all.findIndex(({ place }) => same(place, this.#place))
    const at = now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length
    this.#place = all[at]?.place ?? null
    this.#canvas.touch()
  }

  /** Moves the chosen point, else the whole region, by so many pixels of the screen. */
  nudge(dx: number, dy: number): void {
    const subject = this.#subject
    if (subject === null) return
    const [rx, ry] = this.#canvas.reach(1)
    const point = this.#place && this.#pointAt(this.#place)
    const region =
      this.#place !== null && point ? withPoint(subject.region, this.#place, [point[0] + dx * rx, point[1] + dy * ry]) : shift(subject.region, dx * rx, dy * ry)
    this.#heard.changed(subject.id, region)
  }

  /** Moves the right and the lower bound of a region by so many pixels of the screen. */
  grow(dx: number, dy: number): void {
    const subject = this.#subject
    if (subject === null) return
    const [rx, ry] = this.#canvas.reach(1)
    const region = stretch(subject.region, dx * rx, dy * ry)
    if (meant(region, [rx, ry])) this.#heard.changed(subject.id, region)
  }

  /** A region in the middle of what is seen, for keys to put in its place. */
  drawMiddle(): void {
    const [x1, y1, x2, y2] = this.#canvas.seen()
    const at = (across: number, down: number): Point => [x1 + across * (x2 - x1), y1 + down * (y2 - y1)]
    const region = this.#tool === 'polygon' ? polygonOf([at(0.5, 0.35), at(0.65, 0.5), at(0.5, 0.65), at(0.35, 0.5)]) : boxOf(at(0.375, 0.375), at(0.625, 0.625))
    if (region !== null) this.#heard.drawn(region)
  }

  down(at: Point, { altKey }: PointerEvent): boolean {
    if (this.#tool === 'hand') return false
    this.#pointer = at
    if (this.#tool === 'box') {
      this.#start = snap(at, this.#canvas.reach(SNAP))
      return true
    }
    if (this.#tool === 'polygon') {
      if (this.#points.length >= 3 && near(this.#points[0] as Point, at, this.#canvas.reach(GRAB))) this.close()
      else this.#points = [...this.#points, snap(at, this.#canvas.reach(SNAP))]
      this.#canvas.touch()
      return true
    }
    return this.#take(at, altKey)
  }

  #take(at: Point, away: boolean): boolean {
    const subject = this.#subject
    if (subject === null) return false
    const handle = handleAt(subject.region, at, this.#canvas.reach(GRAB))
    if (handle !== null) {
      this.#place = handle.grip.kind === 'point' ? place(handle.grip) : null
      if (away && this.#place !== null) this.takePoint()
      else this.#held = { grip: handle.grip, from: at, was: subject.region, moved: false }
      return true
    }
    this.#place = null
    const side = onSide(subject.region, at, this.#canvas.reach(GRAB / 1.5))
    if (side !== null) {
      this.#place = { ...side.place, at: side.place.at + 1 }
      const was = addPoint(subject.region, side.place, side.point)
      this.#held = { grip: { kind: 'point', ...this.#place }, from: at, was, moved: false }
      return true
    }
    if (!within(subject.region, at)) return false
    this.#held = { grip: { kind: 'all' }, from: at, was: subject.region, moved: false }
    return true
  }

  move(at: Point): void {
    this.#pointer = at
    const held = this.#held
    if (held !== null && (held.moved || !near(held.from, at, this.#canvas.reach(CLICK)))) {
      held.moved = true
      this.#live = drag(held.was, held.grip, held.from, at, this.#canvas.reach(SNAP))
      this.#canvas.lift(this.#subject?.id ?? null)
    }
    this.#canvas.touch()
  }

  up(at: Point): boolean {
    if (this.#tool === 'polygon') return true
    if (this.#start !== null) return this.#finishBox(at)
    const [held, live, subject] = [this.#held, this.#live, this.#subject]
    this.#held = null
    if (held === null || subject === null) return true
    const region = live ?? held.was
    if (region !== subject.region && meant(region, this.#canvas.reach(1), 1)) this.#heard.changed(subject.id, region)
    else this.cancel()
    this.#canvas.touch()
    return live !== null || held.grip.kind !== 'all'
  }

  #finishBox(at: Point): boolean {
    const region = boxOf(this.#start as Point, snap(at, this.#canvas.reach(SNAP)))
    this.cancel()
    const large = meant(region, this.#canvas.reach(1))
    if (large) this.#heard.drawn(region)
    return large
  }

  over(at: Point): string | null {
    const changed = this.#points.length > 0 || this.#subject !== null
    this.#pointer = at
    if (changed) this.#canvas.touch()
    if (this.#tool === 'hand') return 'grab'
    if (this.#tool !== 'select') return 'crosshair'
    if (this.#subject === null) return null
    const grip = handleAt(this.#subject.region, at, this.#canvas.reach(GRAB))?.grip
    if (grip?.kind === 'side') return grip.x === 0 ? 'ns-resize' : grip.y === 0 ? 'ew-resize' : grip.x === grip.y ? 'nwse-resize' : 'nesw-resize'
    if (grip?.kind === 'point') return 'move'
    if (onSide(this.#subject.region, at, this.#canvas.reach(GRAB / 1.5)) !== null) return 'copy'
    return within(this.#subject.region, at) ? 'move' : null
  }

  double(): boolean {
    if (this.#tool === 'polygon') {
      const [before, last] = this.#points.slice(-2)
      // the second click has left a point where the first one did
      if (before !== undefined && last !== undefined && near(before, last, this.#canvas.reach(CLICK))) this.#points = this.#points.slice(0, -1)
      this.close()
      return true
    }
    return this.#tool === 'box' || this.#subject !== null
  }

  paint(pen: Pen, view: View, picture: Size): void {
    const subject = this.#subject
    if (subject !== null && this.#live !== null) this.#paintRegion(pen, view, picture, { ...subject, region: this.#live })
    if (subject !== null && this.#tool === 'select') this.#paintHandles(pen, view, picture, this.#live ?? subject.region)
    if (this.#start !== null && this.#pointer !== null) this.#paintRegion(pen, view, picture, { ...NEW, region: boxOf(this.#start, this.#pointer) })
    if (this.#points.length > 0) this.#paintLine(pen, view, picture)
  }

  #paintRegion(pen: Pen, view: View, picture: Size, drawn: Drawn): void {
    const [shape] = shapes([drawn], picture.width, picture.height)
    if (shape !== undefined) paintPicked(pen, shape, view, picture, this.#ink, true)
  }

  #paintHandles(pen: Pen, view: View, picture: Size, region: Drawable): void {
    const spot = this.#held === null && this.#pointer !== null ? onSide(region, this.#pointer, this.#canvas.reach(GRAB / 1.5)) : null
    for (const { grip, x, y } of handles(region)) dot(pen, view, picture, [x, y], grip.kind === 'point' && same(grip, this.#place) ? 6 : 4, this.#ink)
    if (spot !== null && handleAt(region, spot.point, this.#canvas.reach(GRAB)) === null) dot(pen, view, picture, spot.point, 3, '#ffffff')
  }

  #paintLine(pen: Pen, view: View, picture: Size): void {
    const ends = this.#pointer === null ? this.#points : [...this.#points, this.#pointer]
    pen.beginPath()
    for (const [x, y] of ends) pen.lineTo(x * picture.width * view.scale + view.x, y * picture.height * view.scale + view.y)
    for (const [ink, width] of [['rgba(0, 0, 0, 0.55)', 4], [this.#ink, 2]] as const) {
      pen.strokeStyle = ink
      pen.lineWidth = width
      pen.stroke()
    }
    for (const [at, point] of this.#points.entries()) dot(pen, view, picture, point, at === 0 ? 6 : 4, this.#ink)
  }

  #pointAt(wanted: Place): Point | undefined {
    return this.#subject === null ? undefined : places(this.#subject.region).find((one) => same(one.place, wanted))?.point
  }
}

const NEW = { id: 0, concept: '', score: null, status: 'success' } as const

function place({ part, ring, at }: Place): Place {
  return { part, ring, at }
}

function same(one: Place, other: Place | null): boolean {
  return other !== null && one.part === other.part && one.ring === other.ring && one.at === other.at
}

function near([ax, ay]: Point, [bx, by]: Point, [rx, ry]: readonly [number, number]): boolean {
  return Math.hypot((ax - bx) / rx, (ay - by) / ry) <= 1
}

function within(region: Drawable, [x, y]: Point): boolean {
  const [x1, y1, x2, y2] = boundsOf(region)
  return x >= x1 && x <= x2 && y >= y1 && y <= y2
}

function dot(pen: Pen, view: View, picture: Size, [x, y]: Point, radius: number, ink: string): void {
  pen.beginPath()
  pen.arc(x * picture.width * view.scale + view.x, y * picture.height * view.scale + view.y, radius, 0, 2 * Math.PI)
  pen.fillStyle = '#ffffff'
  pen.fill()
  pen.lineWidth = 2
  pen.strokeStyle = ink === '#ffffff' ? '#101216' : ink
  pen.stroke()
}

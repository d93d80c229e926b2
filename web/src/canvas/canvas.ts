import { Buffer, MARGIN } from './buffer'
import type { Point, Reach } from './edit'
import { Hits } from './hits'
import { paintName, paintNames, paintPicked, type Pen, strokes } from './paint'
import type { Hand, Listeners, Scene } from './scene'
import { alike, type Shape, shapes } from './shapes'
import { centred, fit, pan, reveal, type Size, type View, zoom } from './view'

/** So many regions are painted within a frame. */
const FEW = 64
/** Milliseconds without a movement after which the hand is at rest. */
const SETTLED = 90

/**
 * A picture with its regions. Everything is painted once into a buffer; panning only blits it, zooming stretches it until
 * the hand rests. With few regions everything is painted straight on the stage, which shows it a frame earlier, until the
 * pointer or a view that moves asks for a buffer. What is hovered or selected is drawn over it each frame.
 */
export class Canvas {
  readonly #element: HTMLCanvasElement
  readonly #pen: CanvasRenderingContext2D
  readonly #buffer = new Buffer()
  /** The picture and all its regions are on the stage. */
  #all = false
  #seen = false
  #rising = 0
  readonly #listeners: Listeners
  readonly #stop = new AbortController()
  readonly #watch: ResizeObserver
  readonly #pointers = new Map<number, { x: number; y: number }>()
  #scene: Scene = { picture: null, size: { width: 1, height: 1 }, annotations: [], colour: () => '#56b4e9', ground: '#e9ebef' }
  #shapes: Shape[] = []
  #shown: Shape[] = []
  #hits = new Hits([])
  #hidden: ReadonlySet<string> = new Set()
  #stage: Size = { width: 0, height: 0 }
  /** Of the screen, until the window comes to another one. */
  #density = 1
  #view: View = { scale: 1, x: 0, y: 0 }
  #fitted = true
  #hovered: number | null = null
  #selected: number | null = null
  #frame = 0
  #settle: ReturnType<typeof setTimeout> | undefined
  #moved = 0
  #hand: Hand | null = null
  /** The pointer that the hand has taken. */
  #taken: number | null = null
  #lifted: number | null = null

  constructor(element: HTMLCanvasElement, listeners: Listeners = {}) {
    this.#element = element
    this.#pen = element.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    this.#listeners = listeners
    this.#listen()
    this.#watch = new ResizeObserver(() => this.#resize())
    this.#watch.observe(element)
    this.#resize()
  }

  /** Shows a scene from now on; one that looks like the last costs nothing. */
  show(scene: Scene): void {
    const before = this.#scene
    const same = scene.input === before.input && scene.size.width === before.size.width && scene.size.height === before.size.height
    const only = same && scene.picture === before.picture && scene.filter === before.filter && scene.ground === before.ground
    if (only && scene.colour === before.colour && alike(scene.annotations, before.annotations)) return
    this.#scene = scene
    if (scene.input !== before.input) this.#hovered = this.#selected = null
    this.#shapes = shapes(scene.annotations, scene.size.width, scene.size.height)
    this.#hits = new Hits(this.#shapes)
    if (this.#find(this.#hovered) === undefined) this.#point(null) // the same regions may come again with a sharper picture
    if (!same || (this.#fitted && !only)) this.fit()
    this.#choose(only)
  }

  /** A frame has shown it in front of what else lies there. */
  get inSight(): boolean {
    return this.#seen
  }

  /** Whether an input (id) is painted here, its picture and all that is on it. */
  holds(input: number): boolean {
    return this.#scene.input === input && this.#all
  }

  /** Comes before what lay over it: with the next frame it is seen. */
  raise(): void {
    if (this.#seen || this.#rising !== 0) return
    delete this.#element.dataset.painted
    this.#rising = requestAnimationFrame(() => {
      this.#rising = 0
      this.#seen = true
      this.#tell()
    })
  }

  /** Lies behind another from now on, and lets go of the pointer. */
  lower(): void {
    cancelAnimationFrame(this.#rising)
    this.#rising = 0
    this.#seen = false
    for (const id of [this.#taken, ...this.#pointers.keys()]) if (id !== null && this.#element.hasPointerCapture(id)) this.#element.releasePointerCapture(id)
    this.#pointers.clear()
    if (this.#taken !== null) this.#hand?.cancel()
    this.#taken = null
  }

  hide(concepts: ReadonlySet<string>): void {
    this.#hidden = concepts
    this.#choose(false)
  }

  /** Hands the pointer to a tool first, from now on. */
  lend(hand: Hand | null): void {
    this.#hand = hand
    this.#draw()
  }

  /** A region that the hand paints, as it is being changed. */
  lift(id: number | null): void {
    if (id === this.#lifted) return
    this.#lifted = id
    this.#choose(true)
  }

  /** Draws again what lies over the picture. */
  touch(): void {
    this.#draw()
  }

  /** How far so many pixels of the screen reach, in shares of the picture. */
  reach(pixels: number): Reach {
    return [pixels / (this.#scene.size.width * this.#view.scale), pixels / (this.#scene.size.height * this.#view.scale)]
  }

  /** What of the picture is on the screen: x1, y1, x2, y2 in shares of it. */
  seen(): [number, number, number, number] {
    const [low, high] = [this.#share(0, 0), this.#share(this.#stage.width, this.#stage.height)]
    const clip = (value: number): number => Math.min(1, Math.max(0, value))
    return [clip(low[0]), clip(low[1]), clip(high[0]), clip(high[1])]
  }

  /** Highlight as if the pointer were on it; the list of annotations does this. */
  hover(id: number | null): void {
    if (id === this.#hovered) return
    this.#hovered = id
    this.#draw()
  }

  select(id: number | null): void {
    if (id === this.#selected) return
    this.#selected = id
    const shape = this.#find(id)
    if (shape !== undefined) this.#move(reveal(this.#view, shape.bounds, this.#scene.size, this.#stage), false)
    this.#draw()
  }

  fit(): void {
    this.#move(fit(this.#scene.size, this.#stage), true)
  }

  actualSize(): void {
    this.#move(centred(this.#scene.size, this.#stage, 1), false)
  }

  zoomBy(factor: number): void {
    this.#zoom(factor, this.#stage.width / 2, this.#stage.height / 2)
  }

  panBy(dx: number, dy: number): void {
    this.#prepare()
    this.#move(pan(this.#view, dx, dy, this.#scene.size, this.#stage), false)
  }

  close(): void {
    this.#stop.abort()
    this.#watch.disconnect()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#settle)
  }

  #find(id: number | null): Shape | undefined {
    return id === null ? undefined : this.#shown.find((shape) => shape.id === id)
  }

  #share(x: number, y: number): Point {
    const { scale, x: left, y: top } = this.#view
    return [(x - left) / (this.#scene.size.width * scale), (y - top) / (this.#scene.size.height * scale)]
  }

  /** `softly`: what was painted stays in sight until the new is ready, as only some regions differ. */
  #choose(softly: boolean): void {
    const all = this.#hidden.size === 0 && this.#lifted === null
    this.#shown = all ? this.#shapes : this.#shapes.filter(({ id, concept }) => id !== this.#lifted && !this.#hidden.has(concept))
    if (!softly || !this.#all) return this.#renew()
    delete this.#element.dataset.painted
    if (this.#few() || this.#buffer.view === null) this.#buffer.drop()
    else this.#begin()
    this.#draw()
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#element
    const same = width === this.#stage.width && height === this.#stage.height && devicePixelRatio === this.#density
    if (width === 0 || same) return // hidden, it stays as it is
    this.#stage = { width, height }
    this.#density = devicePixelRatio
    this.#element.width = width * devicePixelRatio
    this.#element.height = height * devicePixelRatio
    this.#renew()
    if (this.#fitted) this.fit()
    this.paint() // a stage of another size is black until then
  }

  #move(view: View, fitted: boolean): void {
    this.#fitted = fitted
    this.#view = view
    this.#listeners.view?.(view)
    this.#draw()
  }

  #zoom(factor: number, x: number, y: number): void {
    const least = fit(this.#scene.size, this.#stage).scale
    this.#move(zoom(this.#view, factor, x, y, least), false)
    this.#rest()
  }

  /** Begins a new buffer when nothing moves any more. */
  #rest(): void {
    clearTimeout(this.#settle)
    this.#settle = setTimeout(() => {
      this.#begin()
      this.#draw()
    }, SETTLED)
  }

  #draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.paint()
    })
  }

  /** One frame, at once. */
  paint(): void {
    const [pen, view, stage, buffer] = [this.#pen, this.#view, this.#stage, this.#buffer]
    if (stage.width === 0 || stage.height === 0) return
    if (devicePixelRatio !== this.#density) return this.#resize()
    const few = this.#few()
    if (!few || buffer.view !== null || buffer.busy) {
      if (!buffer.busy && buffer.beyond(view, MARGIN / 2)) this.#begin()
      buffer.advance()
    }
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    pen.fillStyle = this.#scene.ground
    pen.fillRect(0, 0, stage.width, stage.height)
    if (buffer.beyond(view, MARGIN)) this.#paintPicture(pen, view)
    if (buffer.view !== null) buffer.blit(pen, view, stage)
    else if (few) for (const strokes = this.#regions(pen, view, stage); strokes.next().done !== true; );
    const { size, colour } = this.#scene
    if (few || buffer.view !== null) paintNames(pen, this.#shown, view, size, stage, colour)
    this.#all = this.#scene.picture !== null && (few || buffer.view !== null)
    this.#tell()
    this.#paintPicked()
    this.#hand?.paint(pen, view, size)
    if (buffer.busy) this.#draw()
  }

  /** Marks the element when all is painted on it. */
  #tell(): void {
    if (this.#all && !this.#buffer.busy) this.#element.dataset.painted = 'all'
  }

  /** Everything is different. */
  #renew(): void {
    this.#buffer.drop()
    this.#all = false
    delete this.#element.dataset.painted
    this.#draw()
  }

  #few(): boolean {
    return this.#shown.length <= FEW
  }

  /** Has a buffer made before many frames of the same picture come. */
  #prepare(): void {
    if (this.#buffer.view !== null || this.#buffer.busy) return
    this.#begin()
    this.#draw()
  }

  #begin(): void {
    this.#buffer.begin(this.#view, this.#stage, this.#scene.ground, (pen, view, room) => {
      this.#paintPicture(pen, view)
      return this.#regions(pen, view, room)
    })
  }

  #regions(pen: Pen, view: View, room: Size): Generator<void> {
    return strokes(pen, this.#shown, view, this.#scene.size, room, this.#scene.colour)
  }

  #paintPicture(pen: Pen, view: View): void {
    const { picture, size, filter = 'none' } = this.#scene
    if (picture === null) return
    pen.imageSmoothingEnabled = view.scale < 3
    if (filter !== 'none') pen.filter = filter
    pen.drawImage(picture, view.x, view.y, size.width * view.scale, size.height * view.scale)
    if (filter !== 'none') pen.filter = 'none'
  }

  #paintPicked(): void {
    const { size, colour } = this.#scene
    for (const id of new Set([this.#selected, this.#hovered])) {
      const shape = this.#find(id)
      if (shape === undefined) continue
      paintPicked(this.#pen, shape, this.#view, size, colour(shape.concept), id === this.#selected)
      paintName(this.#pen, shape, this.#view, size, this.#stage, colour(shape.concept))
    }
  }

  #at(x: number, y: number): Shape | null {
    const [width, height] = [this.#scene.size.width * this.#view.scale, this.#scene.size.height * this.#view.scale]
    const visible = ({ concept }: Shape): boolean => !this.#hidden.has(concept)
    return this.#hits.at((x - this.#view.x) / width, (y - this.#view.y) / height, 4 / width, 4 / height, visible)
  }

  #listen(): void {
    const { signal } = this.#stop
    const on = <K extends keyof HTMLElementEventMap>(kind: K, hear: (event: HTMLElementEventMap[K]) => void, passive = true): void =>
      this.#element.addEventListener(kind, hear as EventListener, { signal, passive })
    on('wheel', (event) => {
      event.preventDefault()
      if (event.shiftKey) this.panBy(-event.deltaY - event.deltaX, 0)
      else this.#zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), event.offsetX, event.offsetY)
    }, false)
    on('pointerdown', (event) => {
      this.#element.setPointerCapture(event.pointerId)
      if (event.button === 0 && this.#taken === null && this.#hand?.down(this.#share(event.offsetX, event.offsetY), event)) {
        this.#taken = event.pointerId
        return
      }
      this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
      this.#moved = 0
    })
    on('pointermove', (event) => this.#drag(event))
    on('pointerup', (event) => {
      const pressed = this.#pointers.delete(event.pointerId)
      if (event.pointerId === this.#taken) {
        this.#taken = null
        if (this.#hand?.up(this.#share(event.offsetX, event.offsetY)) !== false) return
        this.#moved = 0
      } else if (!pressed) return // it was pressed on another
      if (this.#moved < 4 && event.button === 0) this.#listeners.pick?.(this.#at(event.offsetX, event.offsetY)?.id ?? null)
    })
    on('pointercancel', (event) => {
      this.#pointers.delete(event.pointerId)
      if (event.pointerId === this.#taken) this.#hand?.cancel()
      this.#taken = null
    })
    on('pointerleave', () => this.#point(null))
    on('dblclick', () => {
      if (this.#hand?.double() !== true) this.fit()
    })
  }

  #drag(event: PointerEvent): void {
    this.#prepare()
    const at = this.#share(event.offsetX, event.offsetY)
    if (event.pointerId === this.#taken) return this.#hand?.move(at)
    const before = this.#pointers.get(event.pointerId)
    if (before === undefined) {
      this.#point(this.#at(event.offsetX, event.offsetY)?.id ?? null)
      this.#element.style.cursor = this.#hand?.over(at) ?? (this.#hovered === null ? 'grab' : 'pointer')
      return
    }
    const [dx, dy] = [event.offsetX - before.x, event.offsetY - before.y]
    this.#moved += Math.abs(dx) + Math.abs(dy)
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
    if (other === undefined) return this.panBy(dx, dy)
    const apart = Math.hypot(event.offsetX - other.x, event.offsetY - other.y)
    const were = Math.hypot(before.x - other.x, before.y - other.y)
    if (were > 0) this.#zoom(apart / were, other.x, other.y)
  }

  #point(id: number | null): void {
    if (id === this.#hovered) return
    this.hover(id)
    this.#listeners.hover?.(id)
  }
}

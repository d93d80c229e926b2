/** Changes of regions by hand, pure. Points are shares of the upright image; what comes out always lies in it. */
import type { Region, Ring } from '../api/types'

export type Point = [number, number]
export type Drawable = Exclude<Region, { kind: 'span' }>

/** One point of a polygon: which part, which of its rings (the first is the outer one), which point. */
export interface Place {
  part: number
  ring: number
  at: number
}

/** What of a region is held: a side or corner of a box (-1, 0 or 1 each way), a point of a polygon, or all of it. */
export type Grip = { kind: 'side'; x: -1 | 0 | 1; y: -1 | 0 | 1 } | ({ kind: 'point' } & Place) | { kind: 'all' }

export interface Handle {
  grip: Grip
  x: number
  y: number
}

/** How far one pixel of the screen reaches, in shares of the image, each way. */
export type Reach = readonly [number, number]

const SIDES = [-1, 0, 1] as const

/** Where a region can be held. */
export function handles(region: Drawable): Handle[] {
  if (region.kind === 'box') {
    const [x1, y1, x2, y2] = region.value
    return SIDES.flatMap((y) =>
      SIDES.flatMap((x): Handle[] =>
        x === 0 && y === 0 ? [] : [{ grip: { kind: 'side', x, y }, x: x1 + ((x + 1) / 2) * (x2 - x1), y: y1 + ((y + 1) / 2) * (y2 - y1) }],
      ),
    )
  }
  return places(region).map(({ place, point: [x, y] }) => ({ grip: { kind: 'point', ...place }, x, y }))
}

/** Every point of a polygon in order; of a box none. */
export function places(region: Drawable): { place: Place; point: Point }[] {
  if (region.kind === 'box') return []
  return region.value.flatMap((rings, part) => rings.flatMap((points, ring) => points.map((point, at) => ({ place: { part, ring, at }, point }))))
}

/** The region as it was when `grip` was taken at `from`, now that it is held at `to`. */
export function drag(region: Drawable, grip: Grip, from: Point, to: Point, near: Reach = [0, 0]): Drawable {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  if (grip.kind === 'all') return shift(region, dx, dy, near)
  if (grip.kind === 'point') {
    const point = region.kind === 'polygon' ? region.value[grip.part]?.[grip.ring]?.[grip.at] : undefined
    return point === undefined ? region : withPoint(region, grip, snap([point[0] + dx, point[1] + dy], near))
  }
  if (region.kind !== 'box') return region
  const [x1, y1, x2, y2] = region.value
  const end = (value: number, by: number, axis: 0 | 1): number => snapped(value + by, near[axis])
  return boxOf(
    [grip.x < 0 ? end(x1, dx, 0) : x1, grip.y < 0 ? end(y1, dy, 1) : y1],
    [grip.x > 0 ? end(x2, dx, 0) : x2, grip.y > 0 ? end(y2, dy, 1) : y2],
  )
}

/** All of it moves, as far as it stays whole in the image; near an edge it goes to it. */
export function shift(region: Drawable, dx: number, dy: number, near: Reach = [0, 0]): Drawable {
  const [x1, y1, x2, y2] = boundsOf(region)
  const [mx, my] = [along(x1, x2, dx, near[0]), along(y1, y2, dy, near[1])]
  if (region.kind === 'box') return boxOf([x1 + mx, y1 + my], [x2 + mx, y2 + my])
  return mapped(region, ([x, y]) => [clip(x + mx), clip(y + my)])
}

/** Its right and its lower bound move, no further than the others and the image's edge; all in it keeps its share of the way. */
export function stretch(region: Drawable, dx: number, dy: number): Drawable {
  const [x1, y1, x2, y2] = boundsOf(region)
  const [right, lower] = [clip(Math.max(x1, x2 + dx)), clip(Math.max(y1, y2 + dy))]
  if (region.kind === 'box') return boxOf([x1, y1], [right, lower])
  return mapped(region, ([x, y]) => [between(x, x1, x2, right), between(y, y1, y2, lower)])
}

/** Where a value between two ends lies once the upper one is elsewhere. */
function between(value: number, low: number, high: number, now: number): number {
  return value === high ? now : clip(low + ((value - low) / (high - low)) * (now - low))
}

function along(low: number, high: number, by: number, near: number): number {
  if (low + by <= near) return -low
  if (high + by >= 1 - near) return 1 - high
  return by
}

/** A box by its opposite corners, in any order. */
export function boxOf(a: Point, b: Point): Drawable {
  const [x1, x2] = [clip(a[0]), clip(b[0])].sort((one, other) => one - other) as Point
  const [y1, y2] = [clip(a[1]), clip(b[1])].sort((one, other) => one - other) as Point
  return { kind: 'box', value: [x1, y1, x2, y2] }
}

/** A polygon of one ring; null where fewer than three points differ or nothing is inside. */
export function polygonOf(points: readonly Point[]): Drawable | null {
  const ring = points.map(([x, y]): Point => [clip(x), clip(y)]).filter((point, at, all) => !same(point, all[(at + all.length - 1) % all.length] as Point))
  return ring.length < 3 || ringArea(ring) < 1e-9 ? null : { kind: 'polygon', value: [[ring]] }
}

/** Moves a point elsewhere. */
export function withPoint(region: Drawable, place: Place, [x, y]: Point): Drawable {
  return onRing(region, place, (ring) => ring.with(place.at, [clip(x), clip(y)])) ?? region
}

/** A new point after the one that is named. */
export function addPoint(region: Drawable, place: Place, [x, y]: Point): Drawable {
  return onRing(region, place, (ring) => ring.toSpliced(place.at + 1, 0, [clip(x), clip(y)])) ?? region
}

/** The polygon without a point; a ring of two goes, with its holes if it is an outer one. Null when nothing is left. */
export function removePoint(region: Drawable, place: Place): Drawable | null {
  return onRing(region, place, (ring) => ring.toSpliced(place.at, 1))
}

function onRing(region: Drawable, { part, ring }: Place, change: (ring: Ring) => Ring): Drawable | null {
  if (region.kind === 'box') return region
  const value = region.value.flatMap((rings, at) => {
    if (at !== part) return [rings]
    const changed = rings.map((points, which) => (which === ring ? change(points) : points))
    if ((changed[0] as Ring).length < 3) return []
    return [changed.filter((points) => points.length >= 3)]
  })
  return value.length === 0 ? null : { kind: 'polygon', value }
}

/** Where on a polygon's sides a point lies, if within reach: the point before it, and the nearest spot. */
export function onSide(region: Drawable, [x, y]: Point, [rx, ry]: Reach): { place: Place; point: Point } | null {
  let best: { place: Place; point: Point } | null = null
  let least = 1
  for (const { place, point: a } of places(region)) {
    const ring = (region as Extract<Drawable, { kind: 'polygon' }>).value[place.part]?.[place.ring] as Ring
    const b = ring[(place.at + 1) % ring.length] as Point
    const [vx, vy] = [(b[0] - a[0]) / rx, (b[1] - a[1]) / ry]
    const long = vx * vx + vy * vy
    const share = long === 0 ? 0 : Math.min(1, Math.max(0, (((x - a[0]) / rx) * vx + ((y - a[1]) / ry) * vy) / long))
    const spot: Point = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
    const far = Math.hypot((x - spot[0]) / rx, (y - spot[1]) / ry)
    if (far > least) continue
    least = far
    best = { place, point: spot }
  }
  return best
}

/** The handle within reach that is nearest; of a box's corners and sides the corners come first. */
export function handleAt(region: Drawable, [x, y]: Point, [rx, ry]: Reach): Handle | null {
  let best: Handle | null = null
  let least = 1
  for (const handle of handles(region)) {
    const corner = handle.grip.kind === 'side' && handle.grip.x !== 0 && handle.grip.y !== 0
    const far = Math.hypot((x - handle.x) / rx, (y - handle.y) / ry)
    if (far > 1 || far - (corner ? 0.3 : 0) > least) continue
    least = far - (corner ? 0.3 : 0)
    best = handle
  }
  return best
}

export function boundsOf(region: Drawable): [number, number, number, number] {
  if (region.kind === 'box') return region.value
  const points = region.value.flat(2)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** A region that is large enough to be meant: at least some pixels of the screen each way. */
export function meant(region: Drawable, [rx, ry]: Reach, pixels = 3): boolean {
  const [x1, y1, x2, y2] = boundsOf(region)
  return x2 - x1 >= pixels * rx && y2 - y1 >= pixels * ry
}

export function snap([x, y]: Point, [rx, ry]: Reach): Point {
  return [snapped(x, rx), snapped(y, ry)]
}

function snapped(value: number, near: number): number {
  if (value <= near) return 0
  return value >= 1 - near ? 1 : value
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value))
}

function same([ax, ay]: Point, [bx, by]: Point): boolean {
  return ax === bx && ay === by
}

function mapped(region: Extract<Drawable, { kind: 'polygon' }>, move: (point: Point) => Point): Drawable {
  return { kind: 'polygon', value: region.value.map((rings) => rings.map((ring) => ring.map(move))) }
}

function ringArea(ring: readonly Point[]): number {
  const twice = ring.reduce((sum, [x, y], at) => {
    const [px, py] = ring[(at + ring.length - 1) % ring.length] as Point
    return sum + px * y - x * py
  }, 0)
  return Math.abs(twice) / 2
}

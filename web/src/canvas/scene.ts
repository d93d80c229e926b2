/** What a canvas shows, and who hears and helps. */
import type { Point } from './edit'
import type { Pen } from './paint'
import type { Drawn } from './shapes'
import type { Size, View } from './view'

export interface Scene {
  /** Id of whose picture it is, for those who ask whether it is painted. */
  input?: number
  picture: CanvasImageSource | null
  size: Size
  annotations: readonly Drawn[]
  colour: (concept: string) => string
  /** The colour of what the picture leaves free: one that is seen through costs the browser a mixing of every pixel. */
  ground: string
  /** A CSS filter for the picture alone, such as `brightness(1.4)`. */
  filter?: string
}

/** What may take the pointer before the canvas pans or picks with it, and paints over everything. */
export interface Hand {
  /** True: the pointer is its own until it is let go. */
  down: (at: Point, event: PointerEvent) => boolean
  move: (at: Point) => void
  /** False: it was a mere click, with which the canvas picks. */
  up: (at: Point) => boolean
  cancel: () => void
  /** The cursor to show while nothing is pressed; null: the canvas's own. */
  over: (at: Point) => string | null
  /** True: the double click was for it. */
  double: () => boolean
  paint: (pen: Pen, view: View, picture: Size) => void
}

export interface Listeners {
  hover?: (id: number | null) => void
  pick?: (id: number | null) => void
  /** Scale in screen pixels per pixel of the picture. */
  view?: (view: View) => void
}

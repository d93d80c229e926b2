import Flatbush from 'flatbush'

import { contains, type Shape } from './shapes'

/** Which region lies under a point: of those that hold it, the smallest. */
export class Hits {
  readonly #tree: Flatbush | null
  readonly #shapes: readonly Shape[]

  constructor(shapes: readonly Shape[]) {
    this.#shapes = shapes
    this.#tree = shapes.length > 0 ? new Flatbush(shapes.length) : null
    for (const { bounds } of shapes) this.#tree?.add(...bounds)
    this.#tree?.finish()
  }

  /** `reachX`, `reachY`: how far beside an outline still counts, so that thin and tiny regions can be hit. */
  at(x: number, y: number, reachX = 0, reachY = 0, visible: (shape: Shape) => boolean = () => true): Shape | null {
    const found = this.#tree?.search(x - reachX, y - reachY, x + reachX, y + reachY) ?? []
    let best: Shape | null = null
    for (const index of found) {
      const shape = this.#shapes[index] as Shape
      if (best !== null && shape.area >= best.area) continue
      if (visible(shape) && (contains(shape.rings, x, y) || narrow(shape, reachX, reachY))) best = shape
    }
    return best
  }
}

function narrow({ bounds: [x1, y1, x2, y2] }: Shape, reachX: number, reachY: number): boolean {
  return x2 - x1 < 2 * reachX || y2 - y1 < 2 * reachY
}

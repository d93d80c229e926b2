/** The stage of a desk has two faces, one behind the other: what comes next is painted on that, and only has to be raised. */
import type { Canvas } from '../canvas/canvas'
import type { Editor } from '../canvas/editor'

/** What works on a face: the canvas of its picture with its tools. `face`: the element, which has the input's id and kind. */
export interface Hands {
  canvas: Canvas
  editor: Editor
  face: HTMLElement
}

/** It is seen from now on. */
export function raise({ face, canvas }: Hands): void {
  place(face, true)
  canvas.raise()
}

/** It lies behind the other from now on, out of everybody's reach. */
export function lower({ face, canvas }: Hands): void {
  place(face, false)
  canvas.lower()
}

/** Whether an input (its id) and all that is said of it can be seen on a face once it is raised. */
export function holds({ face: { dataset }, canvas }: Hands, input: number): boolean {
  return dataset.input === `${input}` && (dataset.kind === 'text' || canvas.holds(input))
}

/** Whether somebody can have seen an input (its id) and all that is said of it: a frame has shown it. */
export function showed(hands: Hands, input: number): boolean {
  return hands.canvas.inSight && holds(hands, input)
}

function place(face: HTMLElement, front: boolean): void {
  face.toggleAttribute('data-behind', !front)
  face.inert = !front
  face.ariaHidden = `${!front}`
}

/** Whether the keys may go on to what is seen now: nobody is at a button or a slider beside it. */
export function isFree(focused: Element | null): boolean {
  return focused === null || focused === document.body || focused.closest('.face') !== null
}

/** Which square of a picture shows a region, pure. */
import type { Region } from '../api/types'

interface Shown {
  region: Region | null
  width: number | null
  height: number | null
}

export interface Square {
  left: number
  top: number
  side: number
}

/** In pixels of the picture: the region with a little around it; without a region all of the picture. */
export function squareOf({ region, width, height }: Shown): Square {
  const [w, h] = [width ?? 1, height ?? 1]
  const [x1, y1, x2, y2] = bounds(region) ?? [0, 0, 1, 1]
  const side = Math.min(Math.max((x2 - x1) * w, (y2 - y1) * h, Math.max(w, h) / 12) * 1.15, Math.max(w, h))
  // near an edge the crop moves inwards rather than showing what is not there; a picture that is too narrow lies in the middle
  const within = (middle: number, whole: number): number => (whole < side ? (whole - side) / 2 : Math.max(0, Math.min(middle - side / 2, whole - side)))
  return { left: within(((x1 + x2) / 2) * w, w), top: within(((y1 + y2) / 2) * h, h), side }
}

function bounds(region: Region | null): [number, number, number, number] | null {
  if (region === null || region.kind === 'span') return null
  if (region.kind === 'box') return region.value
  const points = region.value.flat(2)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** The outline for an SVG whose view box is in pixels of the picture. */
export function pathOf({ region, width, height }: Shown): string {
  const [w, h] = [width ?? 1, height ?? 1]
  if (region === null || region.kind === 'span') return ''
  if (region.kind === 'box') {
    const [x1, y1, x2, y2] = region.value
    return `M${x1 * w} ${y1 * h}H${x2 * w}V${y2 * h}H${x1 * w}Z`
  }
  return region.value.flat().map((ring) => `M${ring.map(([x, y]) => `${x * w} ${y * h}`).join('L')}Z`).join('')
}

/** A text around its span, at most so many characters before and after it; without a span its beginning. */
export function around(text: string, region: Region | null, most: number): [string, string, string] {
  const points = Array.from(text)
  if (region?.kind !== 'span') return [points.slice(0, 3 * most).join(''), '', '']
  const [from, to] = region.value
  const cut = (start: number, end: number): string => points.slice(Math.max(0, start), Math.max(0, end)).join('')
  return [(from > most ? '…' : '') + cut(from - most, from), cut(from, to), cut(to, to + most)]
}

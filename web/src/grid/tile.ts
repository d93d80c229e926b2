import type { Input } from '../api/types'
import { OUTLINES, shapes } from '../canvas/shapes'

export interface Look {
  thumbnail: (input: Input, longer: number) => string
  open: (input: Input) => string
  colour: (concept: string) => string
  /** Read-only grids have no delete. */
  removable: boolean
}

export function makeTile(input: Input, index: number, width: number, height: number, look: Look): HTMLElement {
  const tile = element('div', input.kind === 'text' ? 'tile text-tile' : 'tile')
  tile.setAttribute('role', 'gridcell')
  tile.dataset.index = String(index)
  tile.style.width = `${width}px`
  const link = element('a', 'tile-link')
  link.href = look.open(input)
  link.tabIndex = -1
  link.setAttribute('aria-label', `Open ${input.name}`)
  // words stand beside the link that covers them: it is named after the input, not after all that is in it
  if (input.kind === 'text') tile.append(textCard(input))
  else link.append(...pictureCard(input, width, height, look))
  const check = element('input', 'tile-check')
  check.type = 'checkbox'
  check.tabIndex = -1
  check.setAttribute('aria-label', `Select ${input.name}`)
  tile.append(link, check, caption(input, look))
  if (look.removable) {
    const remove = element('button', 'tile-delete')
    remove.type = 'button'
    remove.tabIndex = -1
    remove.title = 'Delete'
    remove.setAttribute('aria-label', `Delete ${input.name}`)
    tile.append(remove)
  }
  return tile
}

function textCard(input: Input): HTMLElement {
  const card = element('span', 'tile-text')
  card.textContent = (input.text ?? '').slice(0, 600)
  return card
}

function pictureCard(input: Input, width: number, height: number, look: Look): Element[] {
  const picture = element('img', 'tile-picture')
  picture.alt = ''
  picture.decoding = 'async'
  picture.src = look.thumbnail(input, Math.max(width, height) * devicePixelRatio)
  picture.addEventListener('error', () => picture.closest('.tile')?.classList.add('broken'), { once: true })
  const overlay = regions(input, width, height, look.colour)
  return overlay === null ? [picture] : [picture, overlay]
}

const SVG = 'http://www.w3.org/2000/svg'
/** More would only hide the picture. */
const MOST_REGIONS = 100

/** The regions as one drawing that covers the tile as the picture does; drawn by the browser's painters, not by this thread. */
function regions(input: Input, width: number, height: number, colour: (concept: string) => string): Element | null {
  const natural = { width: input.width ?? width, height: input.height ?? height }
  const found = shapes(input.annotations.slice(0, MOST_REGIONS), natural.width, natural.height)
  if (found.length === 0) return null
  const drawing = document.createElementNS(SVG, 'svg')
  drawing.setAttribute('class', 'tile-regions')
  drawing.setAttribute('viewBox', `0 0 ${natural.width} ${natural.height}`)
  drawing.setAttribute('preserveAspectRatio', 'xMidYMid slice')
  drawing.setAttribute('aria-hidden', 'true')
  const paths = new Map<string, string>()
  for (const { concept, outline, rings } of found) {
    const style = `${outline} ${colour(concept)}`
    paths.set(style, (paths.get(style) ?? '') + rings.map((ring) => ringPath(ring, natural)).join(''))
  }
  for (const [style, d] of paths) {
    const [outline, ink] = style.split(' ') as [string, string]
    for (const part of ['halo', outline]) {
      const path = document.createElementNS(SVG, 'path')
      path.setAttribute('d', d)
      path.setAttribute('class', part)
      if (part !== 'halo') path.setAttribute('stroke', ink)
      drawing.append(path)
    }
  }
  return drawing
}

function ringPath(ring: Float64Array, { width, height }: { width: number; height: number }): string {
  let path = ''
  for (let at = 0; at < ring.length; at += 2) path += `${at === 0 ? 'M' : 'L'}${((ring[at] as number) * width).toFixed(1)} ${((ring[at + 1] as number) * height).toFixed(1)}`
  return `${path}Z`
}

const SAID = { solid: 'approved', dashed: 'waits for a person', dotted: 'rejected' } as const

/** What is said of it, each concept once a status, underlined as regions of that status are drawn. */
function caption(input: Input, look: Look): HTMLElement {
  const line = element('span', 'tile-caption')
  const found = new Map(input.annotations.map(({ concept, status }) => [`${OUTLINES[status]} ${concept}`, { concept, outline: OUTLINES[status] }]))
  for (const { concept, outline } of [...found.values()].slice(0, 3)) {
    const chip = element('span', 'tile-chip')
    chip.title = SAID[outline]
    chip.style.borderBottom = `2px ${outline} ${look.colour(concept)}`
    chip.append(concept)
    line.append(chip)
  }
  if (found.size > 3) line.append(`+${found.size - 3}`)
  if (found.size === 0) line.append(input.name)
  return line
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = name
  return made
}

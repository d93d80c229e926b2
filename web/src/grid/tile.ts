import type { Input } from '../api/types'
import { paintShapes } from '../canvas/paint'
import { shapes } from '../canvas/shapes'

export interface Look {
  thumbnail: (input: Input, longer: number) => string
  open: (input: Input) => string
  colour: (concept: string) => string
  /** Read-only grids have no delete. */
  removable: boolean
}

export function makeTile(input: Input, index: number, width: number, height: number, look: Look): HTMLElement {
  const tile = element('div', 'tile')
  tile.setAttribute('role', 'gridcell')
  tile.dataset.index = String(index)
  tile.style.width = `${width}px`
  const link = element('a', 'tile-link')
  link.href = look.open(input)
  link.tabIndex = -1
  link.setAttribute('aria-label', `Open ${input.name}`)
  link.append(...(input.kind === 'text' ? [textCard(input)] : pictureCard(input, width, height, look)))
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

function pictureCard(input: Input, width: number, height: number, look: Look): HTMLElement[] {
  const picture = element('img', 'tile-picture')
  picture.alt = ''
  picture.decoding = 'async'
  picture.src = look.thumbnail(input, Math.max(width, height) * devicePixelRatio)
  picture.addEventListener('error', () => picture.closest('.tile')?.classList.add('broken'), { once: true })
  const found = shapes(input.annotations, width, height)
  if (found.length === 0) return [picture]
  const overlay = element('canvas', 'tile-regions')
  overlay.width = Math.round(width * devicePixelRatio)
  overlay.height = Math.round(height * devicePixelRatio)
  const pen = overlay.getContext('2d')
  if (pen !== null) {
    pen.scale(devicePixelRatio, devicePixelRatio)
    // the picture covers the tile, so the regions are laid over what of it is seen
    const natural = { width: input.width ?? width, height: input.height ?? height }
    const scale = Math.max(width / natural.width, height / natural.height)
    const view = { scale, x: (width - natural.width * scale) / 2, y: (height - natural.height * scale) / 2 }
    paintShapes(pen, found, view, natural, { width, height }, look.colour)
  }
  return [picture, overlay]
}

function caption(input: Input, look: Look): HTMLElement {
  const line = element('span', 'tile-caption')
  const names = [...new Set(input.annotations.map(({ concept }) => concept))]
  for (const name of names.slice(0, 3)) {
    const chip = element('span', 'tile-chip')
    const dot = element('i', 'tile-dot')
    dot.style.background = look.colour(name)
    chip.append(dot, name)
    line.append(chip)
  }
  if (names.length > 3) line.append(`+${names.length - 3}`)
  if (names.length === 0) line.append(input.name)
  return line
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = name
  return made
}

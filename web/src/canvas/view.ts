/** Where the picture lies on the screen: screen = picture pixel * scale + offset. Pure, so that it can be tested. */
export interface View {
  scale: number
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

const MARGIN = 16
const MOST = 40

export function fit(picture: Size, stage: Size): View {
  const room = { width: Math.max(1, stage.width - 2 * MARGIN), height: Math.max(1, stage.height - 2 * MARGIN) }
  const scale = Math.min(room.width / picture.width, room.height / picture.height, 8)
  return centred(picture, stage, scale)
}

export function centred(picture: Size, stage: Size, scale: number): View {
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 }
}

/** Zoom by a factor with the point of the picture under (x, y) staying where it is. */
export function zoom(view: View, factor: number, x: number, y: number, least: number): View {
  const scale = Math.min(MOST, Math.max(Math.min(least, 1) / 2, view.scale * factor))
  const by = scale / view.scale
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by }
}

/** Move, but never so far that the picture is lost: some of it always stays on the stage. */
export function pan(view: View, dx: number, dy: number, picture: Size, stage: Size): View {
  const keep = 48
  return {
    scale: view.scale,
    x: clamp(view.x + dx, keep - picture.width * view.scale, stage.width - keep),
    y: clamp(view.y + dy, keep - picture.height * view.scale, stage.height - keep),
  }
}

/** The view that shows these bounds (shares of the picture), changed only when they are not well in sight. */
export function reveal(view: View, [x1, y1, x2, y2]: readonly [number, number, number, number], picture: Size, stage: Size): View {
  const left = x1 * picture.width * view.scale + view.x
  const right = x2 * picture.width * view.scale + view.x
  const top = y1 * picture.height * view.scale + view.y
  const bottom = y2 * picture.height * view.scale + view.y
  const seen = left >= 0 && top >= 0 && right <= stage.width && bottom <= stage.height
  if (seen && Math.max(right - left, bottom - top) > 24) return view
  const fits = Math.min((stage.width * 0.6) / Math.max(right - left, 1), (stage.height * 0.6) / Math.max(bottom - top, 1))
  const scale = Math.min(MOST, view.scale * Math.min(fits, Math.max(1, 64 / Math.max(right - left, bottom - top, 1))))
  return {
    scale,
    x: stage.width / 2 - ((x1 + x2) / 2) * picture.width * scale,
    y: stage.height / 2 - ((y1 + y2) / 2) * picture.height * scale,
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(Math.min(low, high), Math.min(Math.max(low, high), value))
}

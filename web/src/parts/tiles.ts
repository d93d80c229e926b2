/** How many square tiles fit, pure. */

export interface Tiles {
  columns: number
  rows: number
}

/** Least and greatest side of a tile, the gap between two, and the line under each, in pixels. */
const [LEAST, MOST, GAP, LINE] = [112, 184, 8, 26]

/** The columns and rows that cover the most of a room; all are seen at once, and none of it needs scrolling. */
export function tiled(width: number, height: number): Tiles {
  let best: Tiles = { columns: 1, rows: 1 }
  let covered = 0
  const fewest = Math.max(1, Math.ceil((width + GAP) / (MOST + GAP)))
  const most = Math.max(fewest, Math.floor((width + GAP) / (LEAST + GAP)))
  for (let columns = fewest; columns <= most; columns++) {
    const side = (width + GAP) / columns - GAP
    const rows = Math.max(1, Math.floor((height + GAP) / (side + LINE + GAP)))
    const area = columns * rows * side * side
    if (area <= covered) continue
    covered = area
    best = { columns, rows }
  }
  return best
}

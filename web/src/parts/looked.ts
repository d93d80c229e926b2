/** What everything that shows annotations is told, and tells: canvas, text and tags hover and pick as one. */
export interface Looked {
  colour: (concept: string) => string
  hidden: ReadonlySet<string>
  hovered: number | null
  selected: number | null
  onHover: (id: number | null) => void
  onPick: (id: number | null) => void
}

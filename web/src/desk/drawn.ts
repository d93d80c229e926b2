/** What a task for people is for, pure: a region of another kind would be refused. */
import type { Region, Task } from '../api/types'
import type { DrawingTool } from '../canvas/editor'

/** null: a model labels, and people add what they want to. */
export type Makes = Task['makes']

const TOOLS: readonly DrawingTool[] = ['box', 'polygon']

/** Without a region it is about the whole input. */
export function fits(makes: Makes, region: Region | null): boolean {
  return makes === null || makes === (region?.kind ?? 'class')
}

export function toolsFor(makes: Makes): DrawingTool[] {
  return TOOLS.filter((tool) => makes === null || makes === tool)
}

/** The one type that a task's annotations have: what people were asked for, or classes, which leave nothing to draw. */
export function onlyType({ makes, annotation_types: types }: { makes: Makes; annotation_types: readonly string[] }): Makes {
  return makes ?? (types.every((type) => type === 'class') ? 'class' : null)
}

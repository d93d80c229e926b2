/** How the table of tasks is sorted; pure. Without a word the newest come first, as the server has them. */
import type { TaskHead } from '../api/types'
import { percent } from './words'

export const SORTS = ['name', 'status', 'reviewed', 'dataset', 'type', 'concepts', 'labeler', 'reviewers', 'inputs', 'priority', 'date'] as const
export type Sort = (typeof SORTS)[number]

export interface Order {
  by: Sort
  down: boolean
}

export const NEWEST_FIRST: Order = { by: 'date', down: true }

const RANK = { low: 0, medium: 1, high: 2 }

const VALUES: Record<Sort, (task: TaskHead) => string | number> = {
  name: ({ name }) => name,
  status: (task) => percent(task),
  reviewed: ({ entered, reviewed }) => (entered === 0 ? -1 : reviewed / entered),
  dataset: ({ dataset }) => dataset,
  type: ({ annotation_types }) => annotation_types.join(),
  concepts: ({ concepts }) => concepts.join(),
  labeler: ({ model }) => model ?? '',
  reviewers: ({ reviewers }) => reviewers.map(({ name }) => name).join(),
  inputs: ({ inputs }) => inputs,
  priority: ({ priority }) => RANK[priority],
  date: ({ id }) => id,
}

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Sorted by one column; what is equal there has the newest first. */
export function sorted(tasks: readonly TaskHead[], { by, down }: Order): TaskHead[] {
  const value = VALUES[by]
  const compare = (a: TaskHead, b: TaskHead): number => {
    const [x, y] = [value(a), value(b)]
    const said = typeof x === 'number' && typeof y === 'number' ? x - y : words.compare(String(x), String(y))
    return (down ? -said : said) || b.id - a.id
  }
  return [...tasks].sort(compare)
}

/** As an address has it: `name`, or `-name` for the other way round. */
export function readOrder(said: string | null): Order {
  const by = SORTS.find((one) => one === said?.replace('-', ''))
  return by === undefined ? NEWEST_FIRST : { by, down: said?.startsWith('-') === true }
}

/** Another click turns the order round; a column of numbers starts with the most. */
export function turned(now: Order, by: Sort): string {
  const down = now.by === by ? !now.down : ['reviewed', 'inputs', 'priority', 'date'].includes(by)
  return (down ? '-' : '') + by
}

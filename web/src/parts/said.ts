/** What models said of an input, offered beside a draft; pure. */
import type { Task } from '../api/types'
import type { Hints } from '../api/work'
import type { Drawn } from '../canvas/shapes'
import type { Drafted } from '../desk/draft'
import { fits } from '../desk/drawn'

/** Below the ids of anything drafted. */
const FIRST = -1_000_000_000

export interface Offer extends Drawn {
  score: number
}

/** What one model said with scores from `low` to `high` that fits the task, less what the draft has already. */
export function offers(hints: Hints | undefined, [low, high]: readonly [number, number], { concepts, makes }: Pick<Task, 'concepts' | 'makes'>, draft: readonly Drafted[]): Offer[] {
  const known = new Set(concepts)
  const there = new Set(draft.map(({ concept, region }) => JSON.stringify([concept, region])))
  return (hints?.predictions ?? []).flatMap(({ concept, region, score }, at) =>
    score >= low && score <= high && known.has(concept) && fits(makes, region) && !there.has(JSON.stringify([concept, region]))
      ? [{ id: FIRST - at, concept, region, score, status: 'rejected' as const }]
      : [],
  )
}

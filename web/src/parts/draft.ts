/** A labeling task as it is being put together; pure, so that every step can be tested. */
import type { Member, Model, NewTask, Thresholds } from '../api/types'
import { many } from './words'

export interface Draft {
  /** An existing dataset, or a new one with all inputs; null: whatever the project offers. */
  where: 'some' | 'all' | null
  dataset: number | null
  newDataset: string
  model: Model | null
  concepts: readonly string[]
  thresholds: Thresholds
  /** null: not chosen yet, so whoever makes the task. */
  reviewers: readonly number[] | null
  name: string
}

export const EMPTY: Draft = {
  where: null,
  dataset: null,
  newDataset: 'All inputs',
  model: null,
  concepts: [],
  thresholds: { lower: 0.5, upper: 0.9, by_concept: {} },
  reviewers: null,
  name: '',
}

/** So many concepts are chosen at once with their model; of more, some have to be picked. */
const FEW = 12

export function withModel(draft: Draft, model: Model): Draft {
  return withConcepts({ ...draft, model }, model.concepts.length <= FEW ? model.concepts : [])
}

/** Limits of concepts that are not chosen any more are forgotten. */
export function withConcepts(draft: Draft, concepts: readonly string[]): Draft {
  const own = Object.entries(draft.thresholds.by_concept).filter(([one]) => concepts.includes(one))
  return { ...draft, concepts, thresholds: { ...draft.thresholds, by_concept: Object.fromEntries(own) } }
}

/** What the draft is about: the dataset's name and how many inputs it has. */
export interface Place {
  name: string
  inputs: number
}

export function suggestedName({ model }: Draft, place: Place | null): string {
  return place && model ? `${place.name} by ${model.name}` : ''
}

/** The one thing to do next before the task can be made, or null. */
export function missing(draft: Draft, place: Place | null): string | null {
  if (place === null || place.name === '') return draft.where === 'all' ? 'Give the new dataset a name.' : 'Choose a dataset.'
  if (place.inputs === 0) return 'This dataset has no inputs.'
  if (draft.model === null) return 'Choose a model.'
  if (draft.concepts.length === 0) return 'Choose at least one concept.'
  return null
}

export function asTask(draft: Draft, place: Place, all: boolean, reviewers: readonly number[]): NewTask {
  return {
    name: draft.name.trim() || suggestedName(draft, place),
    model: (draft.model as Model).name,
    concepts: [...draft.concepts],
    thresholds: draft.thresholds,
    reviewers: [...reviewers],
    ...(all ? { all_inputs_as: place.name } : { dataset_id: draft.dataset as number }),
  }
}

/** Who cannot review is not among those that can be chosen. */
export function mayReview({ role }: Pick<Member, 'role'>): boolean {
  return role !== 'viewer' && role !== 'labeler'
}

export function mayLabel({ role }: Pick<Member, 'role'>): boolean {
  return role !== 'viewer'
}

/** More than half. */
export function majority(reviewers: number): number {
  return Math.floor(reviewers / 2) + 1
}

export function shareOf(reviewers: number): string {
  return reviewers === 1 ? 'all of it' : `${Math.round(100 / reviewers)} % each`
}

export function listed(names: readonly string[], most = 3): string {
  return names.slice(0, most).join(', ') + (names.length > most ? ` and ${many(names.length - most, 'more', 'more')}` : '')
}

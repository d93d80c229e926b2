/** A labeling task as it is being put together; pure, so that every step can be tested. */
import type { Kind, Member, Model, NewTask, Priority, Review, Thresholds } from '../api/types'
import { counting } from './bands'
import { many, TYPE_WORDS } from './words'

export type Drawn = 'class' | 'box' | 'polygon' | 'span'
/** Model concept -> project concept; what it lacks keeps its name. */
export type Mapping = Readonly<Record<string, string>>

export interface Draft {
  /** An existing dataset, or a new one with all inputs; null: whatever the project offers. */
  where: 'some' | 'all' | null
  dataset: number | null
  /** null: a name that is free. */
  newDataset: string | null
  /** A model labels; else people do. */
  auto: boolean
  model: Model | null
  /** Of the model's. */
  concepts: readonly string[]
  /** null: as it was last chosen for the model. */
  mapping: Mapping | null
  /** As they were set, with own ones of concepts that may be chosen again. */
  limits: Thresholds
  /** Own limits of single concepts count; else the general ones hold for all. */
  each: boolean
  /** null: the first that can be. */
  makes: Drawn | null
  /** What people are to label. */
  named: readonly string[]
  /** null: not chosen yet, so whoever makes the task. */
  reviewers: readonly number[] | null
  review: Review
  /** null: more than half. */
  agree: number | null
  /** null: the reviewers. */
  labelers: readonly number[] | null
  checked: boolean
  instructions: string
  priority: Priority
  deleteEarlier: boolean
  name: string
}

export const BOTH: readonly Kind[] = ['image', 'text']

/** What people need to draw so; every kind can be classified. */
const DRAWN_ON: Record<Drawn, Kind | null> = { class: null, box: 'image', polygon: 'image', span: 'text' }

export function mayDraw(makes: Drawn, kinds: readonly Kind[]): boolean {
  const needed = DRAWN_ON[makes]
  return needed === null || kinds.includes(needed)
}

export const EMPTY: Draft = {
  where: null,
  dataset: null,
  newDataset: null,
  auto: true,
  model: null,
  concepts: [],
  mapping: null,
  limits: { lower: 0.5, upper: 0.9, by_concept: {} },
  each: false,
  makes: null,
  named: [],
  reviewers: null,
  review: 'even',
  agree: null,
  labelers: null,
  checked: false,
  instructions: '',
  priority: 'medium',
  deleteEarlier: false,
  name: '',
}

/** A draft with all that was left open filled in; `thresholds` are those that count. */
export type Chosen = Draft & { makes: Drawn; mapping: Mapping; thresholds: Thresholds; reviewers: readonly number[]; labelers: readonly number[] }

export function chosen(draft: Draft, remembered: Mapping, me: number | null, kinds: readonly Kind[] = BOTH): Chosen {
  const self = me === null ? [] : [me]
  const reviewers = draft.review === 'none' ? [] : (draft.reviewers ?? self)
  const makes = draft.makes ?? (mayDraw('box', kinds) ? 'box' : 'class')
  const whole = { ...draft, makes, mapping: draft.mapping ?? remembered, reviewers, labelers: draft.labelers ?? (draft.review === 'none' ? self : reviewers) }
  return { ...whole, thresholds: counting(draft.limits, draft.each ? asked(whole) : []) }
}

/** With somebody who just came into the project: a reviewer where there is review and they may, else a labeler. */
export function joined(draft: Draft, { id, role }: Pick<Member, 'id' | 'role'>, me: number | null): Partial<Draft> {
  const { reviewers, labelers } = chosen(draft, {}, me)
  if (draft.review !== 'none' && mayReview({ role })) return { reviewers: [...new Set([...reviewers, id])] }
  return mayLabel({ role }) ? { labelers: [...new Set([...labelers, id])] } : {}
}

/** So many concepts are chosen at once with their model; of more, some have to be picked. */
const FEW = 12

/** What choosing a model changes. */
export function withModel(model: Model): Pick<Draft, 'model' | 'mapping' | 'concepts'> {
  return { model, mapping: null, concepts: model.concepts.length <= FEW ? model.concepts : [] }
}

/** The project's concepts that the task asks for. */
export function asked({ auto, concepts, mapping, named }: Pick<Chosen, 'auto' | 'concepts' | 'mapping' | 'named'>): string[] {
  return auto ? [...new Set(concepts.map((one) => mapping[one] ?? one))] : [...named]
}

/** What is asked for and the project does not have yet: it is made with the task. */
export function fresh(draft: Chosen, known: readonly string[]): string[] {
  return asked(draft).filter((one) => !known.includes(one))
}

/** With a model's concept called so in the project; by its own name it is mapped to nothing. */
export function renamed(mapping: Mapping, concept: string, to: string): Mapping {
  const name = to.trim()
  const others = Object.fromEntries(Object.entries(mapping).filter(([of]) => of !== concept))
  return name === '' || name === concept ? others : { ...others, [concept]: name }
}

/** What the draft is about: the dataset's name and how many inputs it has. */
export interface Place {
  name: string
  inputs: number
  /** Of its inputs. */
  kinds: readonly Kind[]
  /** It is to be made, and there is one called so. */
  taken: boolean
}

/** The kinds of so many inputs, of which so many are images; undefined: it is not known yet. */
export function kindsOf(inputs: number, images: number | undefined): readonly Kind[] {
  return images === undefined ? BOTH : BOTH.filter((kind) => (kind === 'image' ? images > 0 : images < inputs))
}

/** The name, or the first with a number behind it that no other has. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let no = 2; taken.includes(free); no++) free = `${name} ${no}`
  return free
}

export function suggestedName({ auto, model, makes }: Pick<Chosen, 'auto' | 'model' | 'makes'>, place: Place | null): string {
  if (place === null) return ''
  if (!auto) return `${place.name}, ${TYPE_WORDS[makes]} by people`
  return model ? `${place.name} by ${model.name}` : ''
}

/** The one thing to do next before the task can be made, or null. */
export function missing(draft: Chosen, place: Place | null): string | null {
  if (place === null || place.name === '') return draft.where === 'all' ? 'Give the new dataset a name.' : 'Choose a dataset.'
  if (place.taken) return 'Give the new dataset a name that no other has.'
  if (place.inputs === 0) return 'This dataset has no inputs.'
  if (draft.auto && draft.model === null) return 'Choose a model.'
  const cannot = misfit(draft, place)
  if (cannot !== null) return cannot
  if (asked(draft).length === 0) return draft.auto ? 'Choose at least one concept.' : 'Name at least one concept.'
  if (draft.review === 'stacked' && draft.reviewers.length === 0) return 'A stacked review needs reviewers: choose them.'
  if (!draft.auto && draft.labelers.length === 0) return 'Choose who labels.'
  if (draft.checked && draft.labelers.some((one) => !draft.reviewers.some((other) => other !== one))) return 'Somebody else has to review what labelers submit: choose another reviewer.'
  return null
}

/** Why nothing of the dataset can be labeled so, or null. */
function misfit({ auto, model, makes }: Chosen, { kinds }: Place): string | null {
  const only = `this dataset has only ${kinds.map((kind) => `${kind}s`).join(' and ')}`
  if (!auto) return mayDraw(makes, kinds) ? null : `People draw ${TYPE_WORDS[makes]} on ${DRAWN_ON[makes]}s, and ${only}: choose another type.`
  return model === null || kinds.some((kind) => model.reads.includes(kind)) ? null : `${model.name} reads ${model.reads.map((kind) => `${kind}s`).join(' and ')}, and ${only}: choose another model.`
}

/** What the chosen concepts of the model are called otherwise. */
export function renames({ concepts, mapping }: Pick<Chosen, 'concepts' | 'mapping'>): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping).filter(([one]) => concepts.includes(one)))
}

export function asTask(draft: Chosen, place: Place, all: boolean): NewTask {
  const { auto, model, concepts, thresholds, makes, named, reviewers, labelers, review, agree, checked, instructions, priority, deleteEarlier } = draft
  const said = auto
    ? { model: model?.name ?? null, concepts: [...concepts], thresholds, mapping: renames(draft), delete_earlier: deleteEarlier }
    : { model: null, makes, concepts: [...named] }
  return {
    ...said,
    name: draft.name.trim() || suggestedName(draft, place),
    reviewers: [...reviewers],
    labelers: [...labelers],
    review,
    ...(review === 'stacked' ? { agree: Math.min(agree ?? majority(reviewers.length), reviewers.length) } : {}),
    checked,
    instructions: instructions.trim(),
    priority,
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

/** What reviewers do with what needs them, in a few words. */
export function sharing({ review, agree, reviewers: { length } }: Pick<Chosen, 'review' | 'agree' | 'reviewers'>): string {
  if (review === 'stacked') return `all see all, ${Math.min(agree ?? majority(length), length)} of ${length} must agree`
  return length === 1 ? 'all of it' : `${Math.round(100 / length)} % each`
}

export function listed(names: readonly string[], most = 3): string {
  return names.slice(0, most).join(', ') + (names.length > most ? ` and ${many(names.length - most, 'more', 'more')}` : '')
}

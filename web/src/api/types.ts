/**
 * The shapes that the pages read and send: names for those in schema.ts, which is generated from the server's OpenAPI.
 * Only what OpenAPI cannot say is said here: what the lists of a region hold.
 */
import type { components } from './schema'

type Said = components['schemas']

export type Ring = [number, number][]

/** As `core.geometry.encode` writes it: shares of the upright image, or code points of the text. */
export type Region =
  | { kind: 'box'; value: [number, number, number, number] }
  | { kind: 'polygon'; value: Ring[][] }
  | { kind: 'span'; value: [number, number] }

type Placed<T> = Omit<T, 'region'> & { region: Region | null }

export interface Page<T> {
  items: T[]
  next: string | null
}

export type Annotation = Placed<Said['Annotation']>
export type Status = Annotation['status']
export type Input = Omit<Said['Input'], 'annotations'> & { annotations: Annotation[] }
export type InputDetail = Omit<Said['InputAlone'], 'annotations'> & { annotations: Annotation[] }
export type Kind = Input['kind']

export type Me = Said['Me']
export type Token = Said['Token']
export type FreshToken = Said['FreshToken']
export type Member = Said['Member']
export type Role = Member['role']
export type Invited = Said['Invited']
export type ImportAlone = Said['ImportAlone']
export type Import = Said['Import']
export type Project = Said['Project']
export type Received = Said['Received']
export type Dataset = Said['Dataset']
export type Concept = Said['Concept']
export type Model = Said['Model']

export type Prediction = Placed<Said['Prediction']>
export type Answers = Omit<Said['Answers'], 'items'> & { items: (Omit<Said['Answer'], 'predictions'> & { predictions: Prediction[] })[] }

export type Limits = Said['Band']
export type Thresholds = Limits & { by_concept: Record<string, Limits> }

type Whole<T> = Omit<T, 'thresholds'> & { thresholds: Thresholds }

export type TaskHead = Whole<Said['TaskHead']>
export type TaskStatus = TaskHead['status']
export type Ledger = Pick<TaskHead, 'inputs' | 'waiting' | 'annotated' | 'empty' | 'failed'>
export type Task = Whole<Said['Task']>
export type BandCounts = Said['Counts']
export type Applied = Omit<Said['Applied'], 'task'> & { task: Task }
export type ConceptAnnotations = Said['ConceptAnnotations']
export type Histograms = Said['Histograms']
export type Sample = Placed<Said['Sample']>
export type Band = Sample['band']
export type Failure = Said['TaskFailure']
export type NewTask = Omit<Partial<Said['NewTask']>, 'thresholds'> & { thresholds?: Thresholds }
export type ChangedTask = Partial<Said['ChangedTask']>
export type Review = TaskHead['review']
export type Priority = Said['Priority']
export type Colleague = Said['Colleague']
/** A person's part in a task. */
export type Part = Said['Part']
export type Speed = Said['Speed']
/** What a person did. */
export type Act = Said['Act']
export type Version = Said['Version']
/** One thing that happened to an annotation. */
export type Chapter = Said['Chapter']
export type Notification = Said['Notification']

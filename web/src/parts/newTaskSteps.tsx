/** The steps of a new labeling task; each shows its part of the draft and changes only that. */
import { Button, Checkbox, Group, MultiSelect, SegmentedControl, Select, TagsInput, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { Link } from 'react-router'

import type { Dataset, Invited, Kind, Member, Model, Role } from '../api/types'
import { Agree } from './Agree'
import { asked, type Chosen, type Draft, type Drawn, mayDraw, mayLabel, mayReview, renames, withModel } from './draft'
import { invite } from './Invite'
import { DecisionThreshold } from './DecisionThreshold'
import { BandLegend } from './Limits'
import { MappingTable } from './MappingTable'
import { ModelChoice } from './ModelChoice'
import { People } from './People'
import { Step } from './Step'
import { TrySome } from './TrySome'
import { many, whole } from './words'
import type { Tried } from './estimate'

export interface StepProps {
  no: number
  draft: Chosen
  change: (more: Partial<Draft>) => void
}

export function DatasetStep({ no, draft, change, all, called, taken, inputs, some }: StepProps & { all: boolean; called: string; taken: boolean; inputs: number; some: readonly Dataset[] }) {
  return (
    <Step no={no} title="Select a dataset">
      <SegmentedControl
        size="xs"
        className="start"
        aria-label="Which inputs"
        value={all ? 'all' : 'some'}
        onChange={(value) => change({ where: value as 'some' | 'all' })}
        data={[
          { value: 'some', label: 'Choose a dataset' },
          { value: 'all', label: 'Create new Dataset with all inputs' },
        ]}
      />
      {inputs === 0 && (
        <Text size="sm">
          The project has no inputs yet: <Link to="../../inputs" relative="path">bring some first</Link>.
        </Text>
      )}
      {all ? (
        <TextInput label="Name of the new dataset" description={`It gets ${many(inputs, 'input')}: all that the project has now.`} maxLength={200} error={taken && 'A dataset is called so already: choose another name.'} value={called} onChange={({ currentTarget }) => change({ newDataset: currentTarget.value })} />
      ) : (
        <Select
          aria-label="Dataset"
          placeholder="Search datasets"
          searchable
          limit={100}
          nothingFoundMessage="No dataset is called that."
          value={draft.dataset === null ? null : String(draft.dataset)}
          onChange={(value) => change({ dataset: value === null ? null : Number(value) })}
          data={some.map(({ id, name, inputs: number }) => ({ value: String(id), label: `${name} · ${many(number, 'input')}` }))}
        />
      )}
    </Step>
  )
}

export function AutoStep({ no, draft, change }: StepProps) {
  return (
    <Step no={no} title="Enable auto-annotation">
      <SegmentedControl
        size="xs"
        className="start"
        aria-label="Enable auto-annotation"
        value={draft.auto ? 'yes' : 'no'}
        onChange={(value) => change({ auto: value === 'yes' })}
        data={[
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ]}
      />
      <Text size="sm" c="dimmed">
        {draft.auto ? 'A model labels, and asks people only about what it is not sure of.' : 'People label every input, one person each.'}
      </Text>
    </Step>
  )
}

export function ModelStep({ no, draft, change, models, known }: StepProps & { models: Model[]; known: readonly string[] }) {
  const { model, concepts } = draft
  const every = model !== null && concepts.length === model.concepts.length
  return (
    <Step no={no} title="Model or workflow">
      <ModelChoice models={models} chosen={model?.name ?? null} choose={(one) => change(withModel(one))} />
      <section aria-label="Concepts">
        <Group justify="space-between" mb={6}>
          <Title order={3}>Concepts</Title>
          {model && (
            <Button size="compact-xs" variant="subtle" onClick={() => change({ concepts: every ? [] : model.concepts })}>
              {every ? 'None' : `All ${whole(model.concepts.length)}`}
            </Button>
          )}
        </Group>
        {model ? (
          <MultiSelect
            aria-label="Concepts"
            classNames={{ pillsList: 'pills' }}
            placeholder={concepts.length === 0 ? 'Search concepts' : ''}
            searchable
            clearable
            limit={100}
            hidePickedOptions
            data={model.concepts}
            value={[...concepts]}
            onChange={(value) => change({ concepts: value })}
            nothingFoundMessage={`${model.name} has no such concept.`}
          />
        ) : (
          <Text size="sm" c="dimmed">
            Choose a model first: it says what it can find.
          </Text>
        )}
      </section>
      {model && <MappingTable key={model.name} draft={draft} known={known} change={(mapping) => change({ mapping })} />}
    </Step>
  )
}

export function ThresholdStep({ no, draft, change, project, of, filter, tried }: StepProps & { project: number; of: string; filter: Record<string, string> | null; tried: (found: Tried) => void }) {
  const { model, concepts, thresholds, limits, each } = draft
  return (
    <Step no={no} title="Decision threshold" aside={<BandLegend />}>
      <DecisionThreshold concepts={asked(draft)} value={limits} each={each} change={(to) => change({ limits: to })} choose={(to) => change({ each: to })} />
      {model && filter && concepts.length > 0 && (
        <TrySome
          key={of}
          of={of}
          project={project}
          model={model}
          concepts={concepts}
          mapping={renames(draft)}
          filter={filter}
          thresholds={thresholds}
          change={(to) => change({ limits: { ...limits, ...to } })}
          tried={tried}
        />
      )}
    </Step>
  )
}

const DRAWN: readonly Drawn[] = ['class', 'box', 'polygon', 'span']

const DRAWN_WORDS: Record<Drawn, string> = { class: 'Classification', box: 'Boxes', polygon: 'Polygons', span: 'Spans' }

export function DrawnStep({ no, draft, change, known, kinds }: StepProps & { known: readonly string[]; kinds: readonly Kind[] }) {
  return (
    <Step no={no} title="What people label">
      <SegmentedControl
        size="xs"
        className="start"
        aria-label="Annotation type"
        value={draft.makes}
        onChange={(value) => change({ makes: value as Drawn })}
        data={DRAWN.map((value) => ({ value, label: DRAWN_WORDS[value], disabled: !mayDraw(value, kinds) }))}
      />
      <TagsInput
        label="Concepts"
        description="Enter adds one. What the project does not have is made with the task."
        classNames={{ pillsList: 'pills' }}
        placeholder={draft.named.length === 0 ? 'Search or name concepts' : ''}
        clearable
        limit={100}
        maxLength={200}
        data={[...known]}
        value={[...draft.named]}
        onChange={(named) => change({ named })}
        acceptValueOnBlur
      />
      <Textarea label="Instructions" description="Shown beside each input." autosize minRows={2} maxRows={8} maxLength={10_000} value={draft.instructions} onChange={({ currentTarget }) => change({ instructions: currentTarget.value })} />
    </Step>
  )
}

const RULES = [
  { value: 'even', label: 'Evenly distributed' },
  { value: 'stacked', label: 'Stacked' },
  { value: 'none', label: 'No review' },
]
const RULE_WORDS = {
  even: 'Each input goes to one of them, in equal shares.',
  stacked: 'Every reviewer sees every input; so many of them have to agree.',
  none: 'Nobody checks: what would need a reviewer waits until the task gets some.',
} as const

export function PeopleStep({ no, draft, change, project, members, offered, joins }: StepProps & { project: number; members: readonly Member[]; offered: readonly Role[]; joins: (person: Invited) => void }) {
  const { review, reviewers, labelers } = draft
  return (
    <Step
      no={no}
      title="Reviewers"
      aside={
        <Button size="compact-sm" variant="default" leftSection={<IconUserPlus size={15} />} onClick={() => invite(project, offered, joins)}>
          New collaborator
        </Button>
      }
    >
      <SegmentedControl size="xs" className="start" aria-label="Review" value={review} onChange={(value) => change({ review: value as Chosen['review'] })} data={RULES} />
      <Text size="sm" c="dimmed">
        {review === 'none' && !draft.auto ? 'What people submit counts at once.' : RULE_WORDS[review]}
      </Text>
      {review !== 'none' && (
        <People label="Reviewers" hidden placeholder="Nobody yet: what needs a reviewer waits" from={members.filter(mayReview)} value={reviewers} change={(ids) => change({ reviewers: ids })} />
      )}
      {review === 'stacked' && <Agree value={draft.agree} of={reviewers.length} change={(agree) => change({ agree })} />}
      <People
        label="Labelers"
        description={draft.auto ? 'They label what comes out empty or failed: the reviewers, unless you choose others.' : 'They label the inputs: the reviewers, unless you choose others.'}
        placeholder="Nobody"
        from={members.filter(mayLabel)}
        value={labelers}
        change={(ids) => change({ labelers: ids })}
      />
      {review !== 'none' && <Checkbox label="Somebody else reviews what they label" checked={draft.checked} onChange={({ currentTarget }) => change({ checked: currentTarget.checked })} />}
    </Step>
  )
}

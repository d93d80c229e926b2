import { Alert, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { IconFlask } from '@tabler/icons-react'
import { useMemo, useState } from 'react'

import * as call from '../api/calls'
import type { Answers, Band, Input, Limits, Model, Sample, Thresholds } from '../api/types'
import { BAND_NAMES, BANDS, bandOf, limitsOf, nearness, stacked } from './bands'
import type { Tried } from './estimate'
import { Histogram } from './Histogram'
import { Crop } from './Samples'
import { TriedInput } from './TriedInput'
import { many, whole } from './words'

const SOME = 20
const FIRST = 10
/** So many more come with each "Show more". */
const MORE = 40

interface Props {
  /** What is tried; another trial is another component. */
  of: string
  project: number
  model: Model
  /** Of the model's. */
  concepts: readonly string[]
  /** Model concept -> project concept, where they differ. */
  mapping: Record<string, string>
  /** Which inputs the task is about. */
  filter: call.Filter
  thresholds: Thresholds
  change: (limits: Limits) => void
  tried: (found: Tried) => void
}

/** Twenty inputs, before anything is made: their scores with the limits in them, and what would fall into each band. */
export function TrySome({ of, project, model, concepts, mapping, filter, thresholds, change, tried }: Props) {
  const attempt = useMutation({
    mutationFn: async () => {
      const [kind] = model.reads
      const { items: some } = await call.sampleInputs(project, model.reads.length === 1 && kind !== undefined ? { ...filter, kind } : filter, SOME)
      if (some.length === 0) throw new Error(`There is no input that ${model.name} reads.`)
      const answers = await call.tryModel(project, { model: model.name, inputs: some.map(({ id }) => id), concepts: [...concepts], mapping })
      return { some, answers, found: samples(some, answers) }
    },
    onSuccess: ({ answers: { seconds, items }, found }) => tried({ of, inputs: items.filter(({ fault }) => fault === null).length, seconds, samples: found }),
  })
  const { data } = attempt
  const found = data?.found ?? NOTHING
  const faults = data?.answers.items.flatMap(({ fault }) => (fault === null ? [] : [fault.message])) ?? []
  const scores = useMemo(() => stacked(found, thresholds), [found, thresholds])
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button size="xs" variant="default" leftSection={<IconFlask size={15} />} loading={attempt.isPending} onClick={() => attempt.mutate()}>
          Try on {SOME} inputs
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {attempt.isPending ? 'The model is at work. The first time it has to be loaded.' : data ? `${many(found.length, 'prediction')} on ${many(data.some.length, 'input')} from all over the dataset; nothing of it is kept.` : 'Shows what these limits would do, before anything is made.'}
        </Text>
      </Group>
      {(attempt.error ?? faults.length > 0) && (
        <Alert color="red" variant="light" p="sm" title={attempt.error ? 'The model was not tried' : `${many(faults.length, 'input')} got no answer`}>
          {attempt.error?.message ?? faults[0]}
        </Alert>
      )}
      {found.length > 0 && (
        <>
          <Histogram counts={scores} limits={thresholds} label="the inputs tried" onChange={change} />
          <Text size="xs" c="dimmed">
            In each band those nearest to a limit come first.
          </Text>
          {BANDS.map((band) => (
            <InBand key={band} project={project} band={band} samples={nearestFirst(found, band, thresholds)} look={(one) => look(project, one, found, thresholds)} />
          ))}
        </>
      )}
    </Stack>
  )
}

const NOTHING: readonly Sample[] = []

interface BandProps {
  project: number
  band: Band
  samples: readonly Sample[]
  look: (at: Sample) => void
}

function InBand({ project, band, samples: some, look }: BandProps) {
  const [shown, setShown] = useState(FIRST)
  return (
    <section aria-label={BAND_NAMES[band]}>
      <Text size="xs" mb={4}>
        <span className="swatch inline" style={{ background: `var(--lm-${band})` }} /> {BAND_NAMES[band]} <b className="numbers">{whole(some.length)}</b>
      </Text>
      <Group gap={6}>
        {some.slice(0, shown).map((one, at) => (
          <UnstyledButton key={at} className="sample" aria-label={one.kind === 'image' ? `${one.score.toFixed(2)} ${one.concept}, input ${one.input_id}` : undefined} onClick={() => look(one)}>
            <Crop project={project} sample={one} />
            <span className="sample-score" style={{ borderColor: `var(--lm-${band})` }} title={one.concept}>
              {one.score.toFixed(2)} {one.concept}
            </span>
          </UnstyledButton>
        ))}
      </Group>
      {some.length > shown && (
        <Button mt={6} size="compact-xs" variant="subtle" onClick={() => setShown(shown + MORE)}>
          Show more
        </Button>
      )}
    </section>
  )
}

/** What was found on the input of one, larger. */
function look(project: number, { input_id, concept, region, score }: Sample, found: readonly Sample[], thresholds: Thresholds): void {
  const said = found.filter((one) => one.input_id === input_id)
  const at = said.findIndex((one) => one.concept === concept && one.region === region && one.score === score)
  modals.open({ title: `${concept}, ${score.toFixed(2)}`, size: 'xl', children: <TriedInput project={project} id={input_id} said={said} at={at} thresholds={thresholds} /> })
}

function nearestFirst(found: readonly Sample[], band: Band, thresholds: Thresholds): Sample[] {
  const far = ({ concept, score }: Sample): number => nearness(score, limitsOf(thresholds, concept))
  return found.filter(({ score, concept }) => bandOf(score, limitsOf(thresholds, concept)) === band).sort((a, b) => far(a) - far(b))
}

/** Predictions, each with its input. */
function samples(some: readonly Input[], { items }: Answers): Sample[] {
  return items.flatMap(({ predictions }, at) => {
    const { id: input_id, kind, width, height, text } = some[at] as Input
    return predictions.map((one) => ({ ...one, input_id, kind, width, height, text, band: 'review' as const }))
  })
}

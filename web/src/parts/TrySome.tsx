import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconFlask } from '@tabler/icons-react'

import * as call from '../api/calls'
import type { Band, Input, Limits, Model, Sample, Thresholds } from '../api/types'
import { BAND_NAMES, bandOf, limitsOf } from './bands'
import type { Mapping } from './draft'
import { Histogram } from './Histogram'
import { Crop } from './Samples'
import { many, whole } from './words'

const SOME = 20
const SHOWN = 10
const ORDER: readonly Band[] = ['approved', 'review', 'discarded']

interface Props {
  project: number
  model: Model
  concepts: readonly string[]
  mapping: Mapping
  /** Which inputs the task is about. */
  filter: call.Filter
  thresholds: Thresholds
  change: (limits: Limits) => void
  tried: (inputs: number, samples: readonly Sample[]) => void
}

/** Twenty inputs, before anything is made: their scores with the limits in them, and what would fall into each band. */
export function TrySome({ project, model, concepts, mapping, filter, thresholds, change, tried }: Props) {
  const attempt = useMutation({
    mutationFn: async () => {
      const [kind] = model.reads
      const page = await call.inputs(project, model.reads.length === 1 && kind !== undefined ? { ...filter, kind } : filter, null)
      const some = page.items.slice(0, SOME)
      if (some.length === 0) throw new Error(`There is no input that ${model.name} reads.`)
      return { some, answers: (await call.tryModel(project, { model: model.name, inputs: some.map(({ id }) => id) })).items }
    },
    onSuccess: ({ some, answers }) => tried(answers.filter(({ fault }) => fault === null).length, samples(some, answers, new Set(model.concepts))),
  })
  const { data } = attempt
  const found = data === undefined ? [] : samples(data.some, data.answers, new Set(concepts)).map((one) => ({ ...one, concept: mapping[one.concept] ?? one.concept }))
  const faults = data?.answers.flatMap(({ fault }) => (fault === null ? [] : [fault.message])) ?? []
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button size="xs" variant="default" leftSection={<IconFlask size={15} />} loading={attempt.isPending} onClick={() => attempt.mutate()}>
          Try on {SOME} inputs
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {attempt.isPending ? 'The model is at work. The first time it has to be loaded.' : data ? `${many(found.length, 'prediction')} on ${many(data.some.length, 'input')}; nothing of it is kept.` : 'Shows what these limits would do, before anything is made.'}
        </Text>
      </Group>
      {(attempt.error ?? faults.length > 0) && (
        <Alert color="red" variant="light" p="sm" title={attempt.error ? 'The model was not tried' : `${many(faults.length, 'input')} got no answer`}>
          {attempt.error?.message ?? faults[0]}
        </Alert>
      )}
      {found.length > 0 && (
        <>
          <Histogram counts={histogram(found)} limits={thresholds} label="the inputs tried" onChange={change} />
          {ORDER.map((band) => (
            <InBand key={band} project={project} band={band} samples={found.filter(({ score, concept }) => bandOf(score, limitsOf(thresholds, concept)) === band)} />
          ))}
        </>
      )}
    </Stack>
  )
}

function InBand({ project, band, samples: some }: { project: number; band: Band; samples: Sample[] }) {
  return (
    <div>
      <Text size="xs" mb={4}>
        <span className="swatch inline" style={{ background: `var(--lm-${band})` }} /> {BAND_NAMES[band]} <b className="numbers">{whole(some.length)}</b>
      </Text>
      <Group gap={6}>
        {some.slice(0, SHOWN).map((one, at) => (
          <div key={at} className="sample">
            <Crop project={project} sample={one} />
            <span className="sample-score" style={{ borderColor: `var(--lm-${band})` }} title={one.concept}>
              {one.score.toFixed(2)}
            </span>
          </div>
        ))}
      </Group>
    </div>
  )
}

/** Predictions of the chosen concepts as samples, the surest first. */
function samples(some: readonly Input[], answers: readonly { predictions: { concept: string; score: number; region: Sample['region'] }[] }[], concepts: ReadonlySet<string>): Sample[] {
  return answers
    .flatMap(({ predictions }, at) => {
      const { id: input_id, kind, width, height, text } = some[at] as Input
      return predictions.filter(({ concept }) => concepts.has(concept)).map((one) => ({ ...one, input_id, kind, width, height, text, band: 'review' as const }))
    })
    .sort((a, b) => b.score - a.score)
}

function histogram(found: readonly Sample[]): number[] {
  const counts = Array<number>(1001).fill(0)
  for (const { score } of found) {
    const at = Math.min(1000, Math.floor(score * 1000))
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}

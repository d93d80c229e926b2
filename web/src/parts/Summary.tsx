import { Alert, Button, Stack, Text, Title } from '@mantine/core'
import { Link } from 'react-router'

import type { Band, Colleague } from '../api/types'
import { asked, type Chosen, fresh, listed, type Place, sharing } from './draft'
import { score } from './bands'
import { BandTrack } from './Limits'
import { many, TYPE_WORDS, whole } from './words'

interface Props {
  draft: Chosen
  place: Place | null
  /** The concepts that the project has. */
  known: readonly string[]
  /** How long the model will take, in words. */
  time: string
  /** Inputs with something in each band, as far as trying has shown. */
  expected: Record<Band, number> | null
  members: readonly Colleague[]
  missing: string | null
  fault: Error | null
  busy: boolean
  create: () => void
  cancel: string
}

/** What is chosen so far, beside the steps; the button is here. */
export function Summary({ draft, place, known, time, expected, members, missing, fault, busy, create, cancel }: Props) {
  const concepts = asked(draft)
  const made = fresh(draft, known)
  const names = (ids: readonly number[]): string => listed(members.filter(({ id }) => ids.includes(id)).map(({ name }) => name))
  return (
    <aside className="summary card" aria-label="Summary">
      <Stack gap="sm">
        <Title order={2}>Summary</Title>
        <Line name="Dataset" value={place === null || place.name === '' ? null : `${place.name} · ${many(place.inputs, 'input')}`} />
        {draft.auto ? <Line name={draft.model?.models.length ? 'Workflow' : 'Model'} value={draft.model?.name ?? null} /> : <Line name="Labeled by people" value={TYPE_WORDS[draft.makes] ?? draft.makes} />}
        <Line name={concepts.length > 0 ? many(concepts.length, 'concept') : 'Concepts'} value={concepts.length > 0 ? listed(concepts) : null} />
        {made.length > 0 && <Line name="New to the project" value={listed(made)} />}
        {draft.auto && <Limits draft={draft} />}
        {draft.auto && expected && place && (
          <div className="numbers" role="status">
            <Text size="xs" c="dimmed">
              Expected, from the inputs tried
            </Text>
            <Text size="sm">
              about {whole(expected.review)} of {many(place.inputs, 'input')} for a reviewer, {whole(expected.approved)} with something approved
            </Text>
          </div>
        )}
        <Line name="Reviewers" value={draft.reviewers.length > 0 ? `${names(draft.reviewers)}: ${sharing(draft)}` : 'nobody'} />
        <Line name="Labelers" value={draft.labelers.length > 0 ? names(draft.labelers) + (draft.checked ? ', checked by somebody else' : '') : 'nobody'} />
        {draft.auto && draft.model && place && <Line name="Time" value={time} />}
        {!draft.auto && place && <Line name="Time" value={`as long as people need: they label ${place.inputs === 1 ? 'it' : `all ${whole(place.inputs)}`}`} />}
        {fault && (
          <Alert color="red" variant="light" p="xs" title="The task was not made">
            {fault.message}
          </Alert>
        )}
        <Button disabled={missing !== null} loading={busy} onClick={create}>
          Create Labeling Task
        </Button>
        <Button variant="default" component={Link} to={cancel}>
          Cancel
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {missing}
        </Text>
      </Stack>
    </aside>
  )
}

function Limits({ draft: { thresholds } }: { draft: Chosen }) {
  const own = Object.keys(thresholds.by_concept).length
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Threshold
      </Text>
      <BandTrack value={thresholds} />
      <Text size="xs" mt={4} className="numbers">
        {thresholds.upper === null ? 'nothing is approved by itself' : `approved from ${score(thresholds.upper)}`}, to a reviewer from {score(thresholds.lower)}
        {own > 0 && `, ${many(own, 'concept')} otherwise`}
      </Text>
    </div>
  )
}

function Line({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" c={value === null ? 'dimmed' : undefined} style={{ overflowWrap: 'anywhere' }}>
        {value ?? 'not chosen yet'}
      </Text>
    </div>
  )
}

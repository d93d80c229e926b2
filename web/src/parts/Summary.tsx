import { Alert, Button, Stack, Text, Title } from '@mantine/core'
import { Link } from 'react-router'

import type { Band } from '../api/types'
import { type Draft, listed, type Place, shareOf } from './draft'
import { BandTrack } from './Limits'
import { many, whole } from './words'

interface Props {
  draft: Draft
  place: Place | null
  /** Inputs with something in each band, as far as trying has shown. */
  expected: Record<Band, number> | null
  reviewers: string
  /** How many reviewers there are. */
  sharing: number
  missing: string | null
  fault: Error | null
  busy: boolean
  create: () => void
  cancel: string
}

/** What is chosen so far, beside the steps; the button is here. */
export function Summary({ draft: { model, concepts, thresholds }, place, expected, reviewers, sharing, missing, fault, busy, create, cancel }: Props) {
  const own = Object.keys(thresholds.by_concept).length
  return (
    <aside className="summary card" aria-label="Summary">
      <Stack gap="sm">
        <Title order={2}>Summary</Title>
        <Line name="Dataset" value={place === null || place.name === '' ? null : `${place.name} · ${many(place.inputs, 'input')}`} />
        <Line name="Model" value={model?.name ?? null} />
        <Line name={concepts.length > 0 ? many(concepts.length, 'concept') : 'Concepts'} value={concepts.length > 0 ? listed(concepts) : null} />
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            Threshold
          </Text>
          <BandTrack value={thresholds} />
          <Text size="xs" mt={4} className="numbers">
            {thresholds.upper === null ? 'nothing is approved by itself' : `approved from ${thresholds.upper}`}, to a reviewer from {thresholds.lower}
            {own > 0 && `, ${many(own, 'concept')} otherwise`}
          </Text>
        </div>
        {expected && place && (
          <div className="numbers" role="status">
            <Text size="xs" c="dimmed">
              Expected, from the inputs tried
            </Text>
            <Text size="sm">
              about {whole(expected.review)} of {many(place.inputs, 'input')} for a reviewer, {whole(expected.approved)} with something approved
            </Text>
          </div>
        )}
        <Line name="Reviewers" value={sharing > 0 ? `${reviewers}: ${shareOf(sharing)}` : 'nobody'} />
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

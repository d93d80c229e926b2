import { Button, getDefaultZIndex, Group, Modal, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'

import type { Thresholds } from '../api/types'
import { limitsOf, withConcept } from './bands'
import { BandLegend, ThresholdSlider } from './Limits'
import { whole } from './words'

interface Props {
  concepts: readonly string[]
  thresholds: Thresholds
  least: number
  close: () => void
  save: (thresholds: Thresholds) => void
}

/** More sliders at once would be slow to open, and nobody reads on. */
const MOST = 60

/** It is opened from a page, or from a dialog that stays beneath. */
const OVER_DIALOGS = getDefaultZIndex('modal') + 50

/** Limits for single concepts; nothing changes before Save Changes. */
export function PerConcept({ concepts, thresholds, least, close, save }: Props) {
  const [now, setNow] = useState(thresholds)
  const [sought, setSought] = useState('')
  const found = concepts.filter((one) => one.toLowerCase().includes(sought.toLowerCase()))
  const shown = found.slice(0, MOST)
  return (
    <Modal opened onClose={close} title="Thresholds per concept" size="lg" zIndex={OVER_DIALOGS}>
      <Stack>
        <Group justify="space-between">
          <BandLegend />
          {concepts.length > 6 && <TextInput aria-label="Search concepts" placeholder="Search concepts" size="xs" value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />}
        </Group>
        <ScrollArea.Autosize mah="55vh" type="auto" offsetScrollbars>
          <Stack gap="lg" px={8}>
            {shown.map((concept) => (
              <section key={concept} aria-label={concept}>
                <Group justify="space-between">
                  <Text size="sm" fw={600}>
                    {concept}
                  </Text>
                  {now.by_concept[concept] && (
                    <Button size="compact-xs" variant="subtle" onClick={() => setNow(withConcept(now, concept, { lower: now.lower, upper: now.upper }))}>
                      As all concepts
                    </Button>
                  )}
                </Group>
                <ThresholdSlider label={concept} value={limitsOf(now, concept)} least={least} onChange={(limits) => setNow(withConcept(now, concept, limits))} />
              </section>
            ))}
            {found.length !== shown.length && (
              <Text size="xs" c="dimmed">
                The first {MOST} of {whole(found.length)} concepts: search for the others.
              </Text>
            )}
            {found.length === 0 && (
              <Text size="sm" c="dimmed">
                No chosen concept is called that.
              </Text>
            )}
          </Stack>
        </ScrollArea.Autosize>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            onClick={() => {
              save(now)
              close()
            }}
          >
            Save Changes
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

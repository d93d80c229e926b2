import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'

import type { Thresholds } from '../api/types'
import { ThresholdSlider } from './Limits'
import { PerConcept } from './PerConcept'
import { many } from './words'

interface Props {
  concepts: readonly string[]
  value: Thresholds
  /** The smallest lower limit: a run keeps nothing below its floor. */
  least?: number
  change: (to: Thresholds) => void
  /** Hears when the dialog opens and closes. */
  asked?: (open: boolean) => void
}

/** Limits for all concepts, and in a dialog of their own for single ones. */
export function DecisionThreshold({ concepts, value, least = 0, change, asked }: Props) {
  const [asking, setAsking] = useState(false)
  const ask = (open: boolean): void => {
    setAsking(open)
    asked?.(open)
  }
  const own = Object.keys(value.by_concept).length
  return (
    <>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          className="start"
          aria-label="For which concepts"
          value={own > 0 || asking ? 'each' : 'all'}
          onChange={(which) => (which === 'each' ? ask(true) : change({ ...value, by_concept: {} }))}
          data={[
            { value: 'all', label: 'Globally' },
            { value: 'each', label: 'Per concept', disabled: concepts.length === 0 },
          ]}
        />
        {own > 0 && (
          <>
            <Text size="sm">{many(own, 'concept has', 'concepts have')} limits of their own.</Text>
            <Button size="compact-xs" variant="default" onClick={() => ask(true)}>
              Set thresholds
            </Button>
          </>
        )}
      </Group>
      <ThresholdSlider label={own > 0 ? 'Other concepts' : 'All concepts'} value={value} least={least} onChange={(limits) => change({ ...value, ...limits })} />
      {asking && <PerConcept concepts={concepts} thresholds={value} least={least} close={() => ask(false)} save={change} />}
    </>
  )
}

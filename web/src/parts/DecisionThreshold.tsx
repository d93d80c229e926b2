import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'

import type { Thresholds } from '../api/types'
import { ThresholdSlider } from './Limits'
import { PerConcept } from './PerConcept'
import { many } from './words'

interface Props {
  concepts: readonly string[]
  value: Thresholds
  /** Own limits of single concepts count. They are kept while they do not. */
  each: boolean
  /** The smallest lower limit: a run keeps nothing below its floor. */
  least?: number
  change: (to: Thresholds) => void
  choose: (each: boolean) => void
  /** Hears when the dialog opens and closes. */
  asked?: (open: boolean) => void
}

/** Limits for all concepts, and in a dialog of their own for single ones. */
export function DecisionThreshold({ concepts, value, each, least = 0, change, choose, asked }: Props) {
  const [asking, setAsking] = useState(false)
  const ask = (open: boolean): void => {
    setAsking(open)
    asked?.(open)
  }
  const own = each ? concepts.filter((one) => value.by_concept[one]).length : 0
  return (
    <>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          className="start"
          aria-label="For which concepts"
          value={each ? 'each' : 'all'}
          onChange={(which) => {
            choose(which === 'each')
            if (which === 'each') ask(true)
          }}
          data={[
            { value: 'all', label: 'Globally' },
            { value: 'each', label: 'Per concept', disabled: !each && concepts.length === 0 },
          ]}
        />
        {each && (
          <>
            <Button size="compact-xs" variant="default" disabled={concepts.length === 0} onClick={() => ask(true)}>
              Set thresholds
            </Button>
            <Text size="sm">{own === 0 ? 'No concept has limits of its own yet.' : `${many(own, 'concept has', 'concepts have')} limits of their own.`}</Text>
          </>
        )}
      </Group>
      <ThresholdSlider label={own > 0 ? 'Other concepts' : 'All concepts'} value={value} least={least} onChange={(limits) => change({ ...value, ...limits })} />
      {asking && <PerConcept concepts={concepts} thresholds={value} least={least} close={() => ask(false)} save={change} />}
    </>
  )
}

import { useMemo } from 'react'

import type { Limits } from '../api/types'
import { bars } from './bands'
import { Handles } from './Limits'
import classes from './limits.module.css'

const MANY = 50
const HEIGHT = 44

interface Props {
  counts: readonly number[]
  limits: Limits
  label: string
  least?: number
  disabled?: boolean
  onChange: (limits: Limits) => void
}

/** Scores of one concept as bars in the colours of their bands, the two limits to drag in it. */
export function Histogram({ counts, limits, label, least = 0, disabled = false, onChange }: Props) {
  const found = useMemo(() => bars(counts, MANY), [counts])
  const most = Math.max(1, ...found)
  return (
    <Handles value={limits} onChange={onChange} label={label} least={least} disabled={disabled} tall>
      <svg className={classes.bars} viewBox={`0 0 ${MANY} ${HEIGHT}`} preserveAspectRatio="none" height={HEIGHT} role="img" aria-label={`Scores of ${label}`}>
        {found.map((number, at) => {
          const middle = (at + 0.5) / MANY
          const band = limits.upper !== null && middle >= limits.upper ? 'approved' : middle >= limits.lower ? 'review' : 'discarded'
          // the square root lets rare scores be seen beside frequent ones
          const height = number === 0 ? 0 : Math.max(1.5, Math.sqrt(number / most) * (HEIGHT - 3))
          return <rect key={at} x={at + 0.08} width={0.84} y={HEIGHT - height} height={height} fill={`var(--lm-${band})`} />
        })}
      </svg>
    </Handles>
  )
}

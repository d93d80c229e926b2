import { useMemo } from 'react'

import type { Band, Limits } from '../api/types'
import { bandOf, bars } from './bands'
import { Handles } from './Limits'
import classes from './limits.module.css'

const MANY = 50
const HEIGHT = 44

interface Props {
  /** Of one concept; of several under limits of their own a histogram for each band. */
  counts: readonly number[] | Record<Band, readonly number[]>
  limits: Limits
  label: string
  least?: number
  disabled?: boolean
  onChange: (limits: Limits) => void
}

/** From the bottom up. */
const STACK: readonly Band[] = ['discarded', 'review', 'approved']

type Bar = readonly (readonly [Band, number])[]

/** Scores as bars in the colours of their bands, the two limits to drag in it. */
export function Histogram({ counts, limits, label, least = 0, disabled = false, onChange }: Props) {
  const found = useMemo(() => heap(counts), [counts])
  const totals = found.map((bar) => bar.reduce((sum, [, number]) => sum + number, 0))
  const most = Math.max(1, ...totals)
  return (
    <Handles value={limits} onChange={onChange} label={label} least={least} disabled={disabled} tall>
      <svg className={classes.bars} viewBox={`0 0 ${MANY} ${HEIGHT}`} preserveAspectRatio="none" height={HEIGHT} role="img" aria-label={`Scores of ${label}`}>
        {found.map((bar, at) => {
          const total = totals[at] as number
          // the square root lets rare scores be seen beside frequent ones
          const whole = total === 0 ? 0 : Math.max(1.5, Math.sqrt(total / most) * (HEIGHT - 3))
          let top = HEIGHT
          return bar.map(([band, number]) => {
            const height = total === 0 ? 0 : (number / total) * whole
            top -= height
            const shown = bar.length === 1 ? bandOf((at + 0.5) / MANY, limits) : band
            return <rect key={`${at} ${band}`} x={at + 0.08} width={0.84} y={top} height={height} fill={`var(--lm-${shown})`} />
          })
        })}
      </svg>
    </Handles>
  )
}

/** Bars of one part, whose colour is that of its place, or of a part for each band. */
function heap(counts: Props['counts']): Bar[] {
  if (isPlain(counts)) return bars(counts, MANY).map((number) => [['review', number]])
  const each = STACK.map((band) => [band, bars(counts[band], MANY)] as const)
  return Array.from({ length: MANY }, (_, at) => each.map(([band, of]) => [band, of[at] as number] as const))
}

function isPlain(counts: Props['counts']): counts is readonly number[] {
  return Array.isArray(counts)
}

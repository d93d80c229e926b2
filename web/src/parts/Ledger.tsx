import { Group, Text, Tooltip } from '@mantine/core'

import type { BandCounts, Ledger } from '../api/types'
import { BAND_NAMES } from './bands'
import classes from './limits.module.css'
import { whole } from './words'

const PARTS = [
  ['annotated', 'annotated', 'var(--mantine-primary-color-filled)', ''],
  ['empty', 'empty', 'var(--mantine-color-indigo-3)', ''],
  ['failed', 'failed', '', classes.failed],
  ['waiting', 'waiting', 'var(--lm-line)', ''],
] as const

/** All inputs of a task as one bar: waiting + annotated + empty + failed = inputs. */
export function LedgerBar({ ledger, numbers = true, height = 14 }: { ledger: Ledger; numbers?: boolean; height?: number }) {
  const said = PARTS.map(([key, name]) => `${whole(ledger[key])} ${name}`).join(', ')
  return (
    <div>
      <div className={classes.stack} style={{ height }} role="img" aria-label={`${said}, of ${whole(ledger.inputs)} inputs`}>
        {PARTS.map(
          ([key, , background, name]) =>
            ledger[key] > 0 && <span key={key} className={name} style={{ width: `${(ledger[key] / ledger.inputs) * 100}%`, background: background || undefined }} />,
        )}
      </div>
      {numbers && (
        <div className={`${classes.ledger} numbers`}>
          {PARTS.map(([key, name, background, pattern]) => (
            <div key={key}>
              <Group gap={6}>
                <span className={`${classes.dot} ${pattern}`} style={{ background: background || undefined }} />
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
              </Group>
              <Text size="xl" fw={600} lh={1.3}>
                {whole(ledger[key])}
              </Text>
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/** Predictions by what becomes of them, as a thin bar. */
export function BandBar({ counts, height = 8 }: { counts: BandCounts; height?: number }) {
  const sum = counts.approved + counts.review + counts.discarded
  const order = ['discarded', 'review', 'approved'] as const
  const said = order.map((band) => `${whole(counts[band])} ${BAND_NAMES[band]}`).join(', ')
  return (
    <Tooltip label={said}>
      <div className={classes.stack} style={{ height }} role="img" aria-label={said}>
        {sum > 0 && order.map((band) => counts[band] > 0 && <span key={band} style={{ width: `${(counts[band] / sum) * 100}%`, background: `var(--lm-${band})` }} />)}
      </div>
    </Tooltip>
  )
}

import { NumberInput } from '@mantine/core'

import { majority } from './draft'
import { many } from './words'

/** How many of the reviewers have to say yes, where all of them see everything. */
export function Agree({ value, of, change }: { value: number | null; of: number; change: (agree: number) => void }) {
  return (
    <NumberInput
      label="How many must agree"
      description={of === 0 ? 'Choose reviewers first.' : `Of ${many(of, 'reviewer')}. The task's owner decides where they cannot.`}
      disabled={of === 0}
      maw={320}
      min={1}
      max={Math.max(1, of)}
      allowDecimal={false}
      clampBehavior="strict"
      value={Math.min(value ?? majority(of), Math.max(1, of))}
      onChange={(to) => typeof to === 'number' && change(to)}
    />
  )
}

import { Input, SegmentedControl } from '@mantine/core'

import type { Priority } from '../api/types'
import { PRIORITY_WORDS } from './words'

const ALL = ['low', 'medium', 'high'] as const

export function PriorityChoice({ value, change }: { value: Priority; change: (priority: Priority) => void }) {
  return (
    <Input.Wrapper label="Priority" description="Among the tasks that wait, the highest runs first." labelElement="div">
      <div>
        <SegmentedControl mt={4} size="xs" aria-label="Priority" value={value} onChange={(to) => change(to as Priority)} data={ALL.map((one) => ({ value: one, label: PRIORITY_WORDS[one] }))} />
      </div>
    </Input.Wrapper>
  )
}

import { Button, Group, Modal, RangeSlider, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { memo, useState } from 'react'

import { type Order, type ReviewFilter, reviewGroups } from '../api/work'
import { AT_ONCE, staysClosed } from './dialogs'

const ORDERS: { value: Order; label: string }[] = [
  { value: 'id', label: 'As they came' },
  { value: 'uncertain', label: 'Uncertain first' },
  { value: 'concept', label: 'By concept' },
  { value: 'likeness', label: 'Alike together' },
]

interface Props {
  project: number
  task: number
  filter: ReviewFilter
  change: (filter: ReviewFilter) => void
  opened: boolean
  close: () => void
}

/** Which of what waits comes, and in which order. */
export const FilterDialog = memo(function FilterDialog({ opened, close, ...rest }: Props) {
  return (
    <Modal opened={opened} onClose={close} title="Filter and order" size="md" {...AT_ONCE}>
      {opened && <Form close={close} {...rest} />}
    </Modal>
  )
}, staysClosed)

function Form({ project, task, filter, change, close }: Omit<Props, 'opened'>) {
  const groups = useQuery({ queryKey: ['tasks', project, task, 'groups'], queryFn: () => reviewGroups(project, task) }).data?.items ?? []
  const [now, setNow] = useState(filter)
  const names = (what: 'concept' | 'labeler'): string[] => [...new Set([...groups.map((one) => one[what]), ...(now[what] === undefined ? [] : [now[what]])])]
  const set = (more: ReviewFilter): void => setNow((before) => ({ ...before, ...more }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        change(now)
        close()
      }}
    >
      <Stack gap="md">
        <Select data-autofocus label="Order" data={ORDERS} allowDeselect={false} value={now.order ?? 'id'} onChange={(order) => set({ order: (order ?? 'id') as Order })} />
        <Select label="Concept" placeholder="Any" clearable searchable data={names('concept')} value={now.concept ?? null} onChange={(concept) => set({ concept: concept ?? '' })} />
        <Select label="Labeled by" placeholder="Anybody" clearable searchable data={names('labeler')} value={now.labeler ?? null} onChange={(labeler) => set({ labeler: labeler ?? '' })} />
        <div>
          <Text size="sm" mb={4}>
            Score from {now.lowest || '0'} to {now.highest || '1'}
          </Text>
          <RangeSlider
            min={0}
            max={1}
            step={0.01}
            minRange={0.01}
            label={(value) => value.toFixed(2)}
            value={[Number(now.lowest || 0), Number(now.highest || 1)]}
            thumbFromLabel="Lowest score"
            thumbToLabel="Highest score"
            onChange={([low, high]) => set({ lowest: low === 0 ? '' : String(low), highest: high === 1 ? '' : String(high) })}
          />
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setNow({})}>
            Clear
          </Button>
          <Button type="submit">Show these</Button>
        </Group>
      </Stack>
    </form>
  )
}

import { Button, Group, MultiSelect } from '@mantine/core'

import type { Colleague } from '../api/types'

interface Props {
  label: string
  hidden?: boolean
  description?: string
  placeholder?: string
  /** Who can be chosen. */
  from: readonly Colleague[]
  value: readonly number[]
  change: (ids: number[]) => void
}

/** Choose among the members who may do it. */
export function People({ label, hidden = false, description, placeholder, from, value, change }: Props) {
  const left = from.filter(({ id }) => !value.includes(id))
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <MultiSelect
        flex={1}
        miw={0}
        label={hidden ? undefined : label}
        aria-label={label}
        description={description}
        placeholder={value.length === 0 ? placeholder : ''}
        searchable
        clearable
        hidePickedOptions
        data={from.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={value.map(String)}
        onChange={(ids) => change(ids.map(Number))}
        nothingFoundMessage={left.length === 0 ? 'All who may are chosen.' : 'No member who may is called that.'}
      />
      <Button variant="default" disabled={left.length === 0} onClick={() => change([...value, ...left.map(({ id }) => id)])} aria-label={`Add all to ${label.toLowerCase()}`}>
        Add all
      </Button>
    </Group>
  )
}

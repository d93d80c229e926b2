import { Badge, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'

import type { Model } from '../api/types'
import { madeOf, many, says, size } from './words'

/** All models and workflows; those that cannot be used are there as well, with the reason. */
export function ModelChoice({ models, chosen, choose }: { models: Model[]; chosen: string | null; choose: (model: Model) => void }) {
  const [sought, setSought] = useState('')
  const shown = models.filter((one) => [one.name, madeOf(one), ...one.concepts].some((word) => word.toLowerCase().includes(sought.toLowerCase())))
  const open = shown.filter(({ selectable }) => selectable)
  const step = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    const next = by === undefined ? undefined : open.at((open.findIndex(({ name }) => name === chosen) + by) % open.length)
    if (next === undefined) return
    event.preventDefault()
    choose(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-name="${CSS.escape(next.name)}"]`)?.focus()
  }
  return (
    <>
      <TextInput aria-label="Search models and workflows" placeholder="Search models and workflows by name or concept" value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />
      <Stack gap={6} mah={330} style={{ overflowY: 'auto' }} role="radiogroup" aria-label="Model or workflow" onKeyDown={step}>
        {shown.map((one) => (
          <UnstyledButton
            key={one.name}
            className="choice"
            role="radio"
            aria-checked={one.name === chosen}
            disabled={!one.selectable}
            data-name={one.name}
            data-chosen={one.name === chosen || undefined}
            tabIndex={one.name === (chosen ?? open[0]?.name) ? 0 : -1}
            onClick={() => choose(one)}
          >
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={550} c={one.selectable ? undefined : 'dimmed'} className="ellipsis">
                {one.name}
              </Text>
              <Group gap={6} wrap="nowrap">
                <Badge variant="default" radius="sm" size="sm" tt="none">
                  {one.project_id === null ? 'server' : 'this project'}
                </Badge>
                {one.licence !== '' && (
                  <Badge variant="default" radius="sm" size="sm" tt="none">
                    {one.licence}
                  </Badge>
                )}
              </Group>
            </Group>
            {one.models.length > 0 && (
              <Text size="xs" c="dimmed">
                {madeOf(one)}
              </Text>
            )}
            {one.makes !== '' && (
              <Text size="xs" c="dimmed">
                {[says(one), many(one.concepts.length, 'concept'), ...(one.size === null ? [] : [size(one.size)])].join(', ')}
              </Text>
            )}
            {!one.selectable && (
              <Text size="xs" c="dimmed">
                Cannot be chosen: {one.reason}
              </Text>
            )}
          </UnstyledButton>
        ))}
        {shown.length === 0 && <Text size="sm">No model or workflow is like that.</Text>}
      </Stack>
    </>
  )
}

import { Button, CloseButton, Group, RangeSlider, Select, Stack, Text, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

import type { Task } from '../api/types'
import { type Hints, labelHelp } from '../api/work'
import type { Drafted } from '../desk/draft'
import { useAction } from './controls'
import { type Offer, offers } from './said'
import { Trouble } from './states'
import { many } from './words'

const NONE: readonly Offer[] = []

export interface Help {
  open: boolean
  flip: () => void
  hints: readonly Hints[] | undefined
  error: Error | null
  model: string | null
  choose: (model: string) => void
  range: [number, number]
  setRange: (range: [number, number]) => void
  offered: readonly Offer[]
}

/** What models said of an input, once it is asked for; the choice of scores stays from input to input. */
export function useHelp(project: number, task: Task, input: number, items: readonly Drafted[]): Help {
  const { id } = task
  const [open, setOpen] = useState(false)
  const [range, setRange] = useState<[number, number]>([0.3, 1])
  const [chosen, choose] = useState<string | null>(null)
  const found = useQuery({ queryKey: ['help', project, id, input], queryFn: () => labelHelp(project, id, input), enabled: open })
  const hints = found.data?.items
  // of its own accord the first that says anything of what the task asks for, accepted already or not
  const one = hints?.find(({ model }) => model === chosen) ?? hints?.find((some) => offers(some, [0, 1], task, []).length > 0) ?? hints?.[0]
  const offered = useMemo(() => (open ? offers(one, range, task, items) : NONE), [open, one, range, task, items])
  const flip = useCallback(() => setOpen((before) => !before), [])
  return { open, flip, hints, error: found.error, model: one?.model ?? null, choose, range, setRange, offered }
}

const MOST = 100

interface Props {
  help: Help
  colour: (concept: string) => string
  selected: number | null
  select: (id: number | null) => void
}

/** Predictions with scores from p to q, one to accept or all. */
export function Predictions({ help, colour, selected, select }: Props) {
  const all = useAction('accept-all')
  const one = useAction('accept')
  const { offered, hints } = help
  const none = 'No model of this project has looked at this input yet. A labeling task with a model lets one look.'
  return (
    <section aria-label="Predictions" className="desk-said">
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Text size="xs" fw={600} c="dimmed">
          Predictions ({offered.length})
        </Text>
        <CloseButton size="sm" aria-label="Hide predictions" onClick={help.flip} />
      </Group>
      {help.error !== null && <Trouble error={help.error} what="What models said" />}
      {hints?.length === 0 && <Text size="sm">{none}</Text>}
      {hints !== undefined && hints.length > 0 && (
        <Stack gap={8}>
          <Select size="xs" aria-label="Model" allowDeselect={false} data={[...new Set(hints.map(({ model }) => model))]} value={help.model} onChange={(model) => model !== null && help.choose(model)} />
          <div>
            <Text size="xs" className="numbers">
              Scores from {help.range[0].toFixed(2)} to {help.range[1].toFixed(2)}
            </Text>
            <RangeSlider size="sm" min={0} max={1} step={0.01} minRange={0} label={null} value={help.range} thumbFromLabel="Lowest score" thumbToLabel="Highest score" onChange={help.setRange} />
          </div>
          <Group gap={6}>
            <Button size="compact-xs" variant="default" disabled={!one.enabled} onClick={one.run} title={one.hint}>
              Accept
            </Button>
            <Button size="compact-xs" variant="default" disabled={!all.enabled} onClick={all.run} title={all.hint}>
              Accept all {offered.length}
            </Button>
          </Group>
          <div className="desk-offers">
            {offered.length === 0 && (
              <Text size="xs" c="dimmed" px={12}>
                Nothing between these scores fits this task.
              </Text>
            )}
            {offered.slice(0, MOST).map(({ id, concept, score }) => (
              <UnstyledButton key={id} className="annotation" data-on={id === selected || undefined} aria-pressed={id === selected} onClick={() => select(id === selected ? null : id)}>
                <span className="swatch" style={{ background: colour(concept) }} />
                <span style={{ flex: 1 }}>{concept}</span>
                <span className="numbers">{score.toFixed(2)}</span>
              </UnstyledButton>
            ))}
            {offered.length > MOST && <Text size="xs">and {many(offered.length - MOST, 'other')}</Text>}
          </div>
        </Stack>
      )}
    </section>
  )
}

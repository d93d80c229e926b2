import { Button, Group, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useState } from 'react'

import type { Limits, Task, Thresholds } from '../api/types'
import { count, limitsOf, move, withConcept } from './bands'
import { Histogram } from './Histogram'
import { ThresholdSlider, Typed } from './Limits'
import { Samples } from './Samples'
import { whole } from './words'

interface Props {
  project: number
  task: Task
  colour: (concept: string) => string
  scores: Record<string, number[]>
  thresholds: Thresholds
  change: (thresholds: Thresholds) => void
  disabled: boolean
}

const FEW = 20
const NONE: number[] = []

export function ConceptRows({ project, task, colour, scores, thresholds, change, disabled }: Props) {
  const [all, setAll] = useState(false)
  const [sought, setSought] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const total = (name: string): number => (scores[name] ?? NONE).reduce((sum, number) => sum + number, 0)
  const found = task.concepts.filter((name) => name.toLowerCase().includes(sought.toLowerCase()))
  const names = found.sort((a, b) => total(b) - total(a))
  return (
    <>
      <ThresholdSlider label="All concepts" value={thresholds} least={task.floor} disabled={disabled} onChange={(limits) => change({ ...thresholds, ...limits })} />
      {task.concepts.length > FEW && <TextInput aria-label="Search concepts" placeholder="Search concepts" size="xs" maw={260} mt="lg" value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />}
      {names.length === 0 && (
        <Text size="sm" c="dimmed" mt="md">
          No concept of this task is called that.
        </Text>
      )}
      <Table.ScrollContainer minWidth={730} mt="sm" display={names.length === 0 ? 'none' : undefined}>
      <Table verticalSpacing={6} layout="fixed" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={150}>Concept</Table.Th>
            <Table.Th>Scores</Table.Th>
            <Table.Th w={176}>Limits</Table.Th>
            <Table.Th w={80} ta="right">
              approved
            </Table.Th>
            <Table.Th w={106} ta="right">
              to a reviewer
            </Table.Th>
            <Table.Th w={84} ta="right">
              discarded
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(all ? names : names.slice(0, FEW)).map((name) => {
            const limits = limitsOf(thresholds, name)
            const histogram = scores[name] ?? NONE
            const counts = count(histogram, limits)
            const set = (to: Limits): void => change(withConcept(thresholds, name, to))
            return [
              <Table.Tr key={name}>
                <Table.Td>
                  <UnstyledButton className="concept-name" title={name} onClick={() => setOpen(open === name ? null : name)} aria-expanded={open === name}>
                    <span className="swatch" style={{ background: colour(name) }} />
                    <Text size="sm" fw={550} className="ellipsis" component="span">
                      {name}
                    </Text>
                    <Text size="xs" c="dimmed" component="span">
                      {open === name ? 'hide examples' : 'show examples'}
                    </Text>
                  </UnstyledButton>
                </Table.Td>
                <Table.Td>
                  <Histogram counts={histogram} limits={limits} label={name} least={task.floor} disabled={disabled} onChange={set} />
                </Table.Td>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <Typed bare name="Reviewer from" label={name} value={limits.lower} least={task.floor} disabled={disabled} onChange={(to) => set(move(limits, 'lower', to, task.floor))} />
                    <Typed bare name="Approved from" label={name} value={limits.upper ?? 1} least={task.floor} disabled={disabled || limits.upper === null} onChange={(to) => set(move(limits, 'upper', to, task.floor))} />
                  </Group>
                </Table.Td>
                <Table.Td ta="right">{whole(counts.approved)}</Table.Td>
                <Table.Td ta="right">{whole(counts.review)}</Table.Td>
                <Table.Td ta="right">{whole(counts.discarded)}</Table.Td>
              </Table.Tr>,
              open === name && (
                <Table.Tr key={`${name} examples`}>
                  <Table.Td colSpan={6}>
                    <Samples project={project} task={task.id} concept={name} limits={limits} />
                  </Table.Td>
                </Table.Tr>
              ),
            ]
          })}
        </Table.Tbody>
      </Table>
      </Table.ScrollContainer>
      {names.length > FEW && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setAll(!all)}>
          {all ? 'Show the most frequent' : `Show all ${names.length} concepts`}
        </Button>
      )}
    </>
  )
}

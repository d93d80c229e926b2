import { ActionIcon, Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconArrowLeft, IconDots, IconPhoto } from '@tabler/icons-react'
import { Link, useNavigate } from 'react-router'
import { useState } from 'react'

import { applyTask, resumeTask } from '../api/calls'
import { client } from '../api/client'
import { moved } from '../api/moved'
import { useHistograms, useTask } from '../api/queries'
import type { BandCounts, Task, Thresholds } from '../api/types'
import { BAND_NAMES, BANDS, count, limitsOf, sameThresholds } from '../parts/bands'
import { Failures } from '../parts/Failures'
import { BandBar, LedgerBar } from '../parts/Ledger'
import { BandLegend } from '../parts/Limits'
import { PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { TaskMenu } from '../parts/taskMenu'
import { People, Timeline } from '../parts/TaskTeam'
import { WorkButtons } from '../parts/workButtons'
import { many, moment, progress, timeLeft, whole } from '../parts/words'
import { ConceptCounts } from '../parts/ConceptCounts'
import { ConceptRows } from '../parts/ConceptRows'
import { useColours, useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const id = useId('task')
  const found = useTask(project, id)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The task" again={() => void found.refetch()} back={{ to: `/projects/${project}/tasks`, label: 'All labeling tasks' }} />
  return <Shown project={project} task={found.data} key={id} />
}

function Shown({ project, task }: { project: number; task: Task }) {
  const navigate = useNavigate()
  const mayChange = useMayChange(project)
  const left = task.seconds_left === null ? '' : timeLeft(task.seconds_left)
  return (
    <>
      <PageHead
        title={task.name}
        back={
          <ActionIcon component={Link} to={`/projects/${project}/tasks`} variant="subtle" color="gray" size="lg" aria-label="Back to all labeling tasks">
            <IconArrowLeft size={18} />
          </ActionIcon>
        }
        note={task.deciding > 0 ? 'applying the new thresholds' : [progress(task), left].filter(Boolean).join(' · ')}
      >
        <WorkButtons project={project} task={task} size="sm" />
        <Button variant="default" component={Link} to={`/projects/${project}/inputs?task_id=${task.id}`} leftSection={<IconPhoto size={16} />}>
          Look at its inputs
        </Button>
        <TaskMenu project={project} task={task} mayChange={mayChange} gone={() => void navigate(`/projects/${project}/tasks`)}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${task.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </TaskMenu>
      </PageHead>
      <div className="page-body task-body">
        {task.error && <CannotRun project={project} task={task} mayChange={mayChange} />}
        <section className="card task-inputs" aria-label="Inputs of this task">
          <Group justify="space-between" mb="sm" gap={4}>
            <Title order={2}>{many(task.inputs, 'input')}</Title>
            <Text size="xs" c="dimmed">
              {task.dataset} by {task.model ?? 'people'}, made by {task.created_by} on {moment(task.created_at)}
            </Text>
          </Group>
          <LedgerBar ledger={task} />
        </section>
        {task.model !== null && <Concepts project={project} task={task} mayChange={mayChange} />}
        <ConceptCounts project={project} task={task} />
        <People project={project} task={task} />
        <Timeline project={project} task={task.id} />
        {task.failures_total > 0 && <Failures project={project} task={task} mayChange={mayChange} />}
      </div>
    </>
  )
}

function CannotRun({ project, task, mayChange }: { project: number; task: Task; mayChange: boolean }) {
  const resume = useMutation({
    mutationFn: () => resumeTask(project, task.id),
    onError: tellFault,
    onSuccess: () => moved(project, 'tasks'),
  })
  return (
    <Alert className="task-wide" color="red" variant="light" title="The model cannot run">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{task.error}</Text>
        {mayChange && (
          <Button size="xs" variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
            Go on
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** Scores per concept with the limits in them. What is moved is shown at once and done only with Apply. */
function Concepts({ project, task, mayChange }: { project: number; task: Task; mayChange: boolean }) {
  const colour = useColours(project)
  const histograms = useHistograms(project, task.id)
  const [changed, setChanged] = useState<Thresholds | null>(null)
  const now = changed ?? task.thresholds
  const differs = !sameThresholds(now, task.thresholds)
  const apply = useMutation({
    mutationFn: () => applyTask(project, task.id, now),
    onError: tellFault,
    onSuccess: ({ left_alone, task: fresh }) => {
      client.setQueryData(['tasks', project, task.id], fresh)
      setChanged(null)
      tell(left_alone > 0 ? `${many(left_alone, 'input')} that people have dealt with stay as they are.` : 'The new thresholds are being applied.')
      moved(project, 'tasks', 'inputs')
    },
  })
  if (histograms.error && !histograms.data) return <Trouble error={histograms.error} what="The scores" again={() => void histograms.refetch()} />
  const scores = histograms.data ?? {}
  const total = sum(task.concepts.map((name) => count(scores[name] ?? [], limitsOf(now, name))))
  const before = sum(task.concepts.map((name) => count(scores[name] ?? [], limitsOf(task.thresholds, name))))
  const predictions = before.approved + before.review + before.discarded
  return (
    <section className="card" aria-label="Scores and thresholds">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{many(predictions, 'prediction')}</Title>
        <BandLegend />
      </Group>
      <BandBar counts={total} height={12} />
      <Group gap="xl" mt="sm" mb="lg">
          {[...BANDS].reverse().map((band) => (
            <div key={band}>
              <Text size="xs" c="dimmed">
                {BAND_NAMES[band]}
              </Text>
              <Text size="xl" fw={600} lh={1.3} className="numbers" component="span">
                {whole(total[band])}
              </Text>
              {differs && (
                <Text size="xs" c="dimmed" component="span" className="numbers" ml={6}>
                  {total[band] === before[band] ? 'as now' : `instead of ${whole(before[band])}`}
                </Text>
              )}
            </div>
          ))}
      </Group>
      {predictions === 0 && !task.error && (
        <Text size="sm" c="dimmed" mb="lg">
          {task.waiting > 0 ? 'Scores appear here as soon as the model answers.' : 'The model found nothing that was asked for.'}
        </Text>
      )}
      <ConceptRows project={project} task={task} colour={colour} scores={scores} thresholds={now} change={setChanged} disabled={!mayChange} />
      {differs && mayChange && (
        <div className="apply-bar">
          <Text size="sm" className="numbers">
            {BANDS.map((band) => `${BAND_NAMES[band]} ${whole(before[band])} → ${whole(total[band])}`).join(' · ')}
            <Text size="xs" c="dimmed" component="span" display="block">
              The model does not run again. Inputs that people have dealt with stay.
            </Text>
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={() => setChanged(null)}>
              Cancel
            </Button>
            <Button loading={apply.isPending} onClick={() => apply.mutate()}>
              Apply
            </Button>
          </Group>
        </div>
      )}
    </section>
  )
}

function sum(some: BandCounts[]): BandCounts {
  const total: BandCounts = { approved: 0, review: 0, discarded: 0 }
  for (const one of some) for (const band of BANDS) total[band] += one[band]
  return total
}

import { Button, Checkbox, Stack, TextInput } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'

import { createTask } from '../api/calls'
import { client } from '../api/client'
import { useInputCount } from '../api/inputs'
import { moved } from '../api/moved'
import { useConcepts, useDatasets, useMapping, useMe, useMembers, useModels, useProject, useSpeed } from '../api/queries'
import type { Project } from '../api/types'
import { asked, asTask, BOTH, chosen, type Draft, EMPTY, freeName, joined, kindsOf, type Mapping, missing, type Place, renames, suggestedName } from '../parts/draft'
import { estimate, modelTime, type Tried } from '../parts/estimate'
import { gives } from '../parts/Invite'
import { AutoStep, DatasetStep, DrawnStep, ModelStep, PeopleStep, ThresholdStep } from '../parts/newTaskSteps'
import { PriorityChoice } from '../parts/Priority'
import { Empty, PageHead, Trouble, Waiting } from '../parts/states'
import { Step } from '../parts/Step'
import { Summary } from '../parts/Summary'
import { useId, useMayChange } from './place'

const NO_CONCEPTS: string[] = []
const NO_MAPPING: Mapping = {}
const IMAGES = { kind: 'image' }

export function Component() {
  const project = useId('project')
  const found = useProject(project)
  const mayChange = useMayChange(project)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The project" again={() => void found.refetch()} />
  return mayChange ? <Making about={found.data} /> : <NotYours about={found.data} />
}

function NotYours({ about: { id, role } }: { about: Project }) {
  const back = <Button component={Link} to={`/projects/${id}/tasks`}>To the labeling tasks</Button>
  return (
    <>
      <PageHead title="New Labeling Task" />
      <Empty icon={<IconLock size={36} stroke={1.4} />} title="Owners and admins make labeling tasks" action={back}>
        You are {role} of this project. Ask one of its owners or admins to make the task, or to give you another role.
      </Empty>
    </>
  )
}

function Making({ about }: { about: Project }) {
  const { id: project, inputs } = about
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const datasets = useDatasets(project)
  const models = useModels(project)
  const known = useConcepts(project).data ?? NO_CONCEPTS
  const me = useMe().data
  const members = useMembers(project).data?.items ?? []
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY, dataset: Number(search.get('dataset')) || null }))
  const [tried, setTried] = useState<Tried | null>(null)
  const name = draft.auto ? (draft.model?.name ?? null) : null
  const remembered = useMapping(project, name).data ?? NO_MAPPING
  const images = useInputCount(project, IMAGES)
  const speed = useSpeed(project, name).data?.inputs_per_second ?? null
  const create = useMutation({
    mutationFn: createTask.bind(null, project),
    onSuccess: () => {
      moved(project, 'tasks', 'datasets', 'projects', 'concepts')
      void client.invalidateQueries({ queryKey: ['mappings', project] })
      void navigate(`/projects/${project}/tasks`)
    },
  })
  if (datasets.isPending || models.isPending) return <Waiting />
  if (datasets.data === undefined) return <Trouble error={datasets.error} what="The datasets" again={() => void datasets.refetch()} />
  if (models.data === undefined) return <Trouble error={models.error} what="The models" again={() => void models.refetch()} />

  const change = (more: Partial<Draft>): void => setDraft((before) => ({ ...before, ...more }))
  const self = members.some(({ id }) => id === me?.id) ? (me?.id ?? null) : null
  const some = datasets.data
  const all = (draft.where ?? (some.length > 0 ? 'some' : 'all')) === 'all'
  const dataset = some.find(({ id }) => id === draft.dataset) ?? null
  const names = some.map(({ name: one }) => one)
  const called = draft.newDataset ?? freeName('All inputs', names)
  const base = all ? { name: called.trim(), inputs, images: images.data?.count } : dataset
  const place: Place | null = base && { name: base.name, inputs: base.inputs, kinds: kindsOf(base.inputs, base.images), taken: all && names.includes(called.trim()) }
  const now = chosen({ ...draft, where: all ? 'all' : 'some' }, remembered, self, place?.kinds)
  const of = JSON.stringify([name, all ? 'all' : draft.dataset, now.concepts, renames(now)])
  const found = tried?.of === of ? tried : null
  const step = { draft: now, change }
  const filter: Record<string, string> | null = place === null || place.inputs === 0 ? null : all ? {} : { dataset_id: String(draft.dataset) }

  return (
    <>
      <PageHead title="New Labeling Task" />
      <div className="new-task">
        <Stack gap="md">
          <DatasetStep no={1} {...step} all={all} called={called} taken={place?.taken ?? false} inputs={inputs} some={some} />
          <AutoStep no={2} {...step} />
          {draft.auto ? (
            <>
              <ModelStep no={3} {...step} models={models.data.items} known={known} />
              <ThresholdStep no={4} {...step} project={project} of={of} filter={filter} tried={setTried} />
            </>
          ) : (
            <DrawnStep no={3} {...step} known={known} kinds={place?.kinds ?? BOTH} />
          )}
          <PeopleStep no={draft.auto ? 5 : 4} {...step} project={project} members={members} offered={gives(about.role)} joins={(person) => setDraft((before) => ({ ...before, ...joined(before, person, self) }))} />
          <Step no={draft.auto ? 6 : 5} title="Name">
            <TextInput aria-label="Name" placeholder={suggestedName(now, place) || 'Name of the task'} maxLength={200} value={draft.name} onChange={({ currentTarget }) => change({ name: currentTarget.value })} />
            <PriorityChoice value={draft.priority} change={(priority) => change({ priority })} />
            {draft.auto && (
              <Checkbox
                label="Delete what earlier tasks with this model left for these concepts"
                description="What people touched stays."
                checked={draft.deleteEarlier}
                onChange={({ currentTarget }) => change({ deleteEarlier: currentTarget.checked })}
              />
            )}
          </Step>
        </Stack>
        <Summary
          draft={now}
          place={place}
          known={known}
          time={modelTime(place?.inputs ?? 0, speed, found)}
          expected={found && place ? estimate(found, asked(now), now.thresholds, place.inputs) : null}
          members={members}
          missing={missing(now, place)}
          fault={create.error}
          busy={create.isPending}
          create={() => place && create.mutate(asTask(now, place, all))}
          cancel={`/projects/${project}/tasks`}
        />
      </div>
    </>
  )
}

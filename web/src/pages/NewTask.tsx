import { Button, Group, MultiSelect, SegmentedControl, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'

import { createTask } from '../api/calls'
import { moved } from '../api/moved'
import { useDatasets, useMe, useMembers, useModels, useProject } from '../api/queries'
import { asTask, type Draft, EMPTY, listed, mayReview, missing, type Place, suggestedName, withConcepts, withModel } from '../parts/draft'
import { estimate, type Tried } from '../parts/estimate'
import { BandLegend, ThresholdSlider } from '../parts/Limits'
import { ModelChoice } from '../parts/ModelChoice'
import { PerConcept } from '../parts/PerConcept'
import { PageHead, Trouble, Waiting } from '../parts/states'
import { Summary } from '../parts/Summary'
import { TrySome } from '../parts/TrySome'
import { many, whole } from '../parts/words'
import { useId } from './place'

export function Component() {
  const project = useId('project')
  const navigate = useNavigate()
  const inputs = useProject(project).data?.inputs ?? 0
  const datasets = useDatasets(project)
  const models = useModels(project)
  const me = useMe().data
  const members = useMembers(project).data?.items.filter(mayReview) ?? []
  const [draft, setDraft] = useState(EMPTY)
  const [tried, setTried] = useState<Tried | null>(null)
  const [asking, setAsking] = useState(false)
  const create = useMutation({
    mutationFn: createTask.bind(null, project),
    onSuccess: () => {
      moved(project, 'tasks', 'datasets', 'projects')
      void navigate(`/projects/${project}/tasks`)
    },
  })
  if (datasets.isPending || models.isPending) return <Waiting />
  if (datasets.data === undefined) return <Trouble error={datasets.error} what="The datasets" again={() => void datasets.refetch()} />
  if (models.data === undefined) return <Trouble error={models.error} what="The models" again={() => void models.refetch()} />

  const change = (more: Partial<Draft>): void => setDraft({ ...draft, ...more })
  const some = datasets.data.items
  const all = (draft.where ?? (some.length > 0 ? 'some' : 'all')) === 'all'
  const dataset = some.find(({ id }) => id === draft.dataset)
  const place: Place | null = all ? { name: draft.newDataset.trim(), inputs } : (dataset ?? null)
  const reviewers = draft.reviewers ?? members.flatMap(({ id }) => (id === me?.id ? [id] : []))
  const { model, concepts, thresholds } = draft
  const own = Object.keys(thresholds.by_concept).length
  const about = `${model?.name} ${all ? 'all' : draft.dataset}`
  const suggested = suggestedName(draft, place)

  return (
    <>
      <PageHead title="New Labeling Task" />
      <div className="new-task">
        <Stack gap="md">
          <Step no={1} title="Dataset">
            <SegmentedControl
              size="xs"
              className="start"
              aria-label="Which inputs"
              value={all ? 'all' : 'some'}
              onChange={(value) => change({ where: value as 'some' | 'all' })}
              data={[
                { value: 'some', label: 'Choose a dataset' },
                { value: 'all', label: 'Create new Dataset with all inputs' },
              ]}
            />
            {all ? (
              <TextInput label="Name of the new dataset" description={`It gets ${many(inputs, 'input')}: all that the project has now.`} maxLength={200} value={draft.newDataset} onChange={({ currentTarget }) => change({ newDataset: currentTarget.value })} />
            ) : (
              <Select
                aria-label="Dataset"
                placeholder="Search datasets"
                searchable
                nothingFoundMessage="No dataset is called that."
                value={draft.dataset === null ? null : String(draft.dataset)}
                onChange={(value) => change({ dataset: value === null ? null : Number(value) })}
                data={some.map(({ id, name, inputs: number }) => ({ value: String(id), label: `${name} · ${many(number, 'input')}` }))}
              />
            )}
          </Step>
          <Step no={2} title="Model">
            <ModelChoice models={models.data.items} chosen={model?.name ?? null} choose={(one) => setDraft(withModel(draft, one))} />
          </Step>
          <Step
            no={3}
            title="Concepts"
            aside={
              model && (
                <Button size="compact-xs" variant="subtle" onClick={() => setDraft(withConcepts(draft, concepts.length === model.concepts.length ? [] : model.concepts))}>
                  {concepts.length === model.concepts.length ? 'None' : `All ${whole(model.concepts.length)}`}
                </Button>
              )
            }
          >
            {model ? (
              <MultiSelect
                aria-label="Concepts"
                classNames={{ pillsList: 'pills' }}
                placeholder={concepts.length === 0 ? 'Search concepts' : ''}
                searchable
                clearable
                limit={100}
                hidePickedOptions
                data={model.concepts}
                value={[...concepts]}
                onChange={(value) => setDraft(withConcepts(draft, value))}
                nothingFoundMessage={`${model.name} has no such concept.`}
              />
            ) : (
              <Text size="sm" c="dimmed">
                Choose a model first: it says what it can find.
              </Text>
            )}
          </Step>
          <Step no={4} title="Threshold" aside={<BandLegend />}>
            <SegmentedControl
              size="xs"
              className="start"
              aria-label="For which concepts"
              value={own > 0 || asking ? 'each' : 'all'}
              onChange={(value) => (value === 'each' ? setAsking(true) : change({ thresholds: { ...thresholds, by_concept: {} } }))}
              data={[
                { value: 'all', label: 'Globally' },
                { value: 'each', label: 'Per concept', disabled: concepts.length === 0 },
              ]}
            />
            <ThresholdSlider label={own > 0 ? 'Other concepts' : 'All concepts'} value={thresholds} onChange={(limits) => change({ thresholds: { ...thresholds, ...limits } })} />
            {own > 0 && (
              <Group gap="sm">
                <Text size="sm">{many(own, 'concept has', 'concepts have')} limits of their own.</Text>
                <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
                  Change
                </Button>
              </Group>
            )}
            {model && place && place.inputs > 0 && concepts.length > 0 && (
              <TrySome
                key={about}
                project={project}
                model={model}
                concepts={concepts}
                filter={all ? {} : { dataset_id: String(draft.dataset) }}
                thresholds={thresholds}
                change={(limits) => change({ thresholds: { ...thresholds, ...limits } })}
                tried={(inputs, samples) => setTried({ of: about, inputs, samples })}
              />
            )}
          </Step>
          <Step no={5} title="Reviewers">
            <MultiSelect
              aria-label="Reviewers"
              description="They share without overlap what the model is not sure of."
              placeholder={reviewers.length === 0 ? 'Nobody yet: what needs a reviewer waits' : ''}
              searchable
              clearable
              hidePickedOptions
              data={members.map(({ id, name }) => ({ value: String(id), label: name }))}
              value={reviewers.map(String)}
              onChange={(value) => change({ reviewers: value.map(Number) })}
              nothingFoundMessage="No member who may review is called that."
            />
          </Step>
          <Step no={6} title="Name">
            <TextInput aria-label="Name" placeholder={suggested || 'Name of the task'} maxLength={200} value={draft.name} onChange={({ currentTarget }) => change({ name: currentTarget.value })} />
          </Step>
        </Stack>
        <Summary
          draft={draft}
          place={place}
          expected={tried?.of === about && place ? estimate(tried, concepts, thresholds, place.inputs) : null}
          reviewers={listed(members.filter(({ id }) => reviewers.includes(id)).map(({ name }) => name))}
          sharing={reviewers.length}
          missing={missing({ ...draft, where: all ? 'all' : 'some' }, place)}
          fault={create.error}
          busy={create.isPending}
          create={() => place && create.mutate(asTask(draft, place, all, reviewers))}
          cancel={`/projects/${project}/tasks`}
        />
      </div>
      {asking && <PerConcept concepts={[...concepts]} thresholds={thresholds} close={() => setAsking(false)} save={(to) => change({ thresholds: to })} />}
    </>
  )
}

function Step({ no, title, aside, children }: { no: number; title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <span className="step">{no}</span>
          <Title order={2}>{title}</Title>
        </Group>
        {aside}
      </Group>
      <Stack gap="sm" align="stretch">
        {children}
      </Stack>
    </section>
  )
}

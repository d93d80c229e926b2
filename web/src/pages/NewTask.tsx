import { Alert, Badge, Button, Group, MultiSelect, SegmentedControl, Select, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link, useNavigate } from 'react-router'

import { createTask } from '../api/calls'
import { moved } from '../api/moved'
import { useDatasets, useModels, useProject } from '../api/queries'
import type { Model, Thresholds } from '../api/types'
import { BandLegend, BandTrack, ThresholdSlider } from '../parts/Limits'
import { PerConcept } from '../parts/PerConcept'
import { PageHead, Trouble, Waiting } from '../parts/states'
import { many, MAKES, whole } from '../parts/words'
import { useId } from './place'

const START: Thresholds = { lower: 0.5, upper: 0.9, by_concept: {} }

export function Component() {
  const project = useId('project')
  const navigate = useNavigate()
  const inputs = useProject(project).data?.inputs ?? 0
  const datasets = useDatasets(project)
  const models = useModels()
  const [where, setWhere] = useState<'some' | 'all' | null>(null)
  const [datasetId, setDataset] = useState<string | null>(null)
  const [newDataset, setNewDataset] = useState('All inputs')
  const [modelName, setModel] = useState<string | null>(null)
  const [concepts, setConcepts] = useState<string[]>([])
  const [thresholds, setThresholds] = useState(START)
  const [name, setName] = useState('')
  const [asking, setAsking] = useState(false)

  const create = useMutation({
    mutationFn: () =>
      createTask(project, {
        name: name.trim() || suggested,
        model: modelName as string,
        concepts,
        thresholds,
        ...(kind === 'all' ? { all_inputs_as: newDataset.trim() } : { dataset_id: Number(datasetId) }),
      }),
    onSuccess: () => {
      moved(project, 'tasks', 'datasets', 'projects')
      void navigate(`/projects/${project}/tasks`)
    },
  })

  if (datasets.isPending || models.isPending) return <Waiting />
  if (datasets.error) return <Trouble error={datasets.error} what="The datasets" again={() => void datasets.refetch()} />
  if (models.error) return <Trouble error={models.error} what="The models" again={() => void models.refetch()} />

  const all = datasets.data.items
  const kind = where ?? (all.length > 0 ? 'some' : 'all')
  const dataset = all.find(({ id }) => String(id) === datasetId)
  const model = models.data.items.find((one) => one.name === modelName)
  const datasetName = kind === 'all' ? newDataset.trim() : dataset?.name
  const number = kind === 'all' ? inputs : dataset?.inputs
  const suggested = datasetName && model ? `${datasetName} by ${model.name}` : ''
  const missing = !datasetName ? 'Choose a dataset.' : number === 0 ? 'This dataset has no inputs.' : !model ? 'Choose a model.' : concepts.length === 0 ? 'Choose at least one concept.' : null
  const chooseModel = (one: Model): void => {
    setModel(one.name)
    setConcepts(one.concepts.length <= 12 ? one.concepts : [])
    setThresholds({ ...thresholds, by_concept: {} })
  }
  const chooseConcepts = (some: string[]): void => {
    setConcepts(some)
    setThresholds({ ...thresholds, by_concept: Object.fromEntries(Object.entries(thresholds.by_concept).filter(([one]) => some.includes(one))) })
  }
  const own = Object.keys(thresholds.by_concept).length

  return (
    <>
      <PageHead title="New Labeling Task" />
      <div className="new-task">
        <Stack gap="md">
          <Card no={1} title="Dataset">
            <SegmentedControl
              size="xs"
              className="start"
              aria-label="Which inputs"
              value={kind}
              onChange={(value) => setWhere(value as 'some' | 'all')}
              data={[
                { value: 'some', label: 'Choose a dataset' },
                { value: 'all', label: 'Create new Dataset with all inputs' },
              ]}
            />
            {kind === 'all' ? (
              <TextInput label="Name of the new dataset" description={`It gets ${many(inputs, 'input')}: all that the project has now.`} maxLength={200} value={newDataset} onChange={({ currentTarget }) => setNewDataset(currentTarget.value)} />
            ) : (
              <Select aria-label="Dataset" placeholder="Search datasets" searchable nothingFoundMessage="No dataset is called that." value={datasetId} onChange={setDataset} data={all.map(({ id, name: one, inputs: many_ }) => ({ value: String(id), label: `${one} · ${many(many_, 'input')}` }))} />
            )}
          </Card>
          <Card no={2} title="Model">
            <Models models={models.data.items} chosen={modelName} choose={chooseModel} />
          </Card>
          <Card no={3} title="Concepts" aside={model && <Button size="compact-xs" variant="subtle" onClick={() => chooseConcepts(concepts.length === model.concepts.length ? [] : model.concepts)}>{concepts.length === model.concepts.length ? 'None' : `All ${whole(model.concepts.length)}`}</Button>}>
            {model ? (
              <MultiSelect aria-label="Concepts" classNames={{ pillsList: 'pills' }} placeholder={concepts.length === 0 ? 'Search concepts' : ''} searchable clearable limit={100} hidePickedOptions data={model.concepts} value={concepts} onChange={chooseConcepts} nothingFoundMessage={`${model.name} has no such concept.`} />
            ) : (
              <Text size="sm" c="dimmed">
                Choose a model first: it says what it can find.
              </Text>
            )}
          </Card>
          <Card no={4} title="Threshold" aside={<BandLegend />}>
            <SegmentedControl
              size="xs"
              className="start"
              aria-label="For which concepts"
              value={own > 0 || asking ? 'own' : 'all'}
              onChange={(value) => (value === 'own' ? setAsking(true) : setThresholds({ ...thresholds, by_concept: {} }))}
              data={[
                { value: 'all', label: 'Globally' },
                { value: 'own', label: 'Per concept', disabled: concepts.length === 0 },
              ]}
            />
            <ThresholdSlider label="All concepts" value={thresholds} onChange={(limits) => setThresholds({ ...thresholds, ...limits })} />
            {own > 0 && (
              <Group gap="sm">
                <Text size="sm">{many(own, 'concept has', 'concepts have')} limits of their own.</Text>
                <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
                  Change
                </Button>
              </Group>
            )}
          </Card>
          <Card no={5} title="Name">
            <TextInput aria-label="Name" placeholder={suggested || 'Name of the task'} maxLength={200} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
          </Card>
        </Stack>
        <aside className="summary card" aria-label="Summary">
          <Stack gap="sm">
            <Title order={2}>Summary</Title>
            <Line name="Dataset" value={datasetName && number !== undefined ? `${datasetName} · ${whole(number)}` : null} />
            <Line name="Model" value={model?.name ?? null} />
            <Line name="Concepts" value={concepts.length > 0 ? concepts.slice(0, 3).join(', ') + (concepts.length > 3 ? ` and ${concepts.length - 3} more` : '') : null} />
            <div>
              <Text size="xs" c="dimmed" mb={4}>
                Threshold
              </Text>
              <BandTrack value={thresholds} />
              <Text size="xs" mt={4} className="numbers">
                {thresholds.upper === null ? 'nothing is approved by itself' : `approved from ${thresholds.upper}`}, to a reviewer from {thresholds.lower}
                {own > 0 && `, ${many(own, 'concept')} otherwise`}
              </Text>
            </div>
            {create.error && (
              <Alert color="red" variant="light" p="xs" title="The task was not made">
                {create.error.message}
              </Alert>
            )}
            <Button disabled={missing !== null} loading={create.isPending} onClick={() => create.mutate()}>
              Create Labeling Task
            </Button>
            <Button variant="default" component={Link} to={`/projects/${project}/tasks`}>
              Cancel
            </Button>
            {missing && (
              <Text size="xs" c="dimmed" role="status">
                {missing}
              </Text>
            )}
          </Stack>
        </aside>
      </div>
      {asking && <PerConcept concepts={concepts} thresholds={thresholds} close={() => setAsking(false)} save={setThresholds} />}
    </>
  )
}

function Card({ no, title, aside, children }: { no: number; title: string; aside?: ReactNode; children: ReactNode }) {
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

function Line({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" c={value === null ? 'dimmed' : undefined}>
        {value ?? 'not chosen yet'}
      </Text>
    </div>
  )
}

/** All models; those that cannot be used are there as well, with the reason. */
function Models({ models, chosen, choose }: { models: Model[]; chosen: string | null; choose: (model: Model) => void }) {
  const [sought, setSought] = useState('')
  const shown = models.filter(({ name, concepts }) => [name, ...concepts].some((word) => word.toLowerCase().includes(sought.toLowerCase())))
  return (
    <>
      {models.length > 6 && <TextInput aria-label="Search models" placeholder="Search models by name or concept" value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />}
      <Stack gap={6} mah={330} style={{ overflowY: 'auto' }} role="radiogroup" aria-label="Model">
        {shown.map((one) => (
          <UnstyledButton key={one.name} className="choice" role="radio" aria-checked={one.name === chosen} disabled={!one.selectable} data-chosen={one.name === chosen || undefined} onClick={() => choose(one)}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={550} c={one.selectable ? undefined : 'dimmed'} className="ellipsis">
                {one.name}
              </Text>
              <Badge variant="default" radius="sm" size="sm" tt="none">
                {one.licence}
              </Badge>
            </Group>
            <Text size="xs" c="dimmed">
              {one.selectable ? `Reads ${one.reads.map((kind) => `${kind}s`).join(' and ')}, ${MAKES[one.makes] ?? one.makes}, ${many(one.concepts.length, 'concept')}` : `Cannot be chosen: ${one.reason}.`}
            </Text>
          </UnstyledButton>
        ))}
        {shown.length === 0 && <Text size="sm">No model is like that.</Text>}
      </Stack>
    </>
  )
}

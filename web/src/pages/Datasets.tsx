import { Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useState } from 'react'

import { createDataset, deleteDataset, deleteVersion, renameDataset, versionFile } from '../api/calls'
import { moved } from '../api/moved'
import { useDatasets, useVersions } from '../api/queries'
import type { Dataset, Version } from '../api/types'
import { confirm } from '../parts/dialogs'
import { NameList, type Naming, NewButton } from '../parts/NameList'
import { Empty, PageHead, tellFault, Trouble, Waiting } from '../parts/states'
import { date, leftOut, many, whole } from '../parts/words'
import { useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const mayChange = useMayChange(project)
  const found = useDatasets(project)
  const [shown, setShown] = useState<number | null>(null)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The datasets" again={() => void found.refetch()} />
  const naming: Naming = {
    noun: 'dataset',
    project,
    moves: 'datasets',
    create: (name) => createDataset(project, name),
    rename: (id, name) => renameDataset(project, id, name),
    remove: (id) => deleteDataset(project, id),
    lost: 'Its inputs stay in the project. This cannot be undone.',
  }
  const items = found.data
  const open = items.find(({ id }) => id === shown)
  return (
    <>
      <PageHead title="Datasets">{mayChange && <NewButton naming={naming} />}</PageHead>
      <div className="page-body">
        {items.length === 0 ? (
          <Empty icon={<IconStack2 size={36} stroke={1.4} />} title="No dataset yet" action={mayChange && <Button component={Link} to={`/projects/${project}/inputs`}>Bring inputs</Button>}>
            A dataset is a named set of inputs, for a task or for training. Files that you bring form one.
          </Empty>
        ) : (
          <NameList items={items} naming={naming} mayChange={mayChange} columns={COLUMNS} cells={(one) => <Cells project={project} one={one} mayChange={mayChange} shown={one.id === shown} show={setShown} />} />
        )}
        {open && <Versions project={project} dataset={open} mayChange={mayChange} />}
      </div>
    </>
  )
}

const COLUMNS: { name: string; right?: true }[] = [{ name: 'Inputs', right: true }, { name: 'Labeling tasks', right: true }, { name: 'Versions', right: true }, { name: 'Made on' }, { name: 'What next' }]

function Cells({ project, one, mayChange, shown, show }: { project: number; one: Dataset; mayChange: boolean; shown: boolean; show: (id: number | null) => void }) {
  return (
    <>
      <Table.Td ta="right">
        <Link className="row-link" to={`/projects/${project}/inputs?dataset_id=${one.id}`} aria-label={`${many(one.inputs, 'input')} of ${one.name}`}>
          {whole(one.inputs)}
        </Link>
      </Table.Td>
      <Table.Td ta="right">{whole(one.tasks)}</Table.Td>
      <Table.Td ta="right">{whole(one.versions)}</Table.Td>
      <Table.Td>{date(one.created_at)}</Table.Td>
      <Table.Td>
        <Group gap={6}>
          <Button size="compact-sm" variant="default" aria-expanded={shown} aria-label={`Versions of ${one.name}`} onClick={() => show(shown ? null : one.id)}>
            Versions
          </Button>
          {mayChange && one.inputs > 0 && (
            <Button size="compact-sm" variant="default" component={Link} to={`/projects/${project}/tasks/new?dataset=${one.id}`} aria-label={`New Labeling Task with ${one.name}`}>
              New Labeling Task
            </Button>
          )}
        </Group>
      </Table.Td>
    </>
  )
}

function Versions({ project, dataset, mayChange }: { project: number; dataset: Dataset; mayChange: boolean }) {
  const found = useVersions(project, dataset.id)
  if (found.error && !found.data) return <Trouble error={found.error} what="The versions" again={() => void found.refetch()} />
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="card" aria-label={`Versions of ${dataset.name}`} style={{ marginTop: 14 }}>
      <Title order={2} mb="sm">
        Versions of {dataset.name}
      </Title>
      {found.data && items.length === 0 ? (
        <Text size="sm" c="dimmed">
          None yet. In the menu of a labeling task, “Create new dataset version” freezes what is approved.
        </Text>
      ) : (
        <Stack gap="xs">
          {items.map((one) => (
            <OneVersion key={one.id} project={project} one={one} mayChange={mayChange} />
          ))}
          {found.hasNextPage && (
            <Button size="xs" variant="default" className="start" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              Show older versions
            </Button>
          )}
        </Stack>
      )}
    </section>
  )
}

function OneVersion({ project, one, mayChange }: { project: number; one: Version; mayChange: boolean }) {
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Text size="sm" fw={600}>
          Version {one.number} · {many(one.annotations, 'annotation')} on {many(one.inputs, 'input')}
        </Text>
        <Text size="xs" c="dimmed">
          by {one.created_by}, {date(one.created_at)}; left out: {leftOut(one.left_out)}
        </Text>
      </div>
      <Group gap="sm">
        <Button component="a" size="compact-sm" variant="default" href={versionFile(project, one, 'coco')} aria-label={`Version ${one.number} as COCO`} download>
          COCO
        </Button>
        <Button component="a" size="compact-sm" variant="default" href={versionFile(project, one, 'jsonl')} aria-label={`Version ${one.number} as JSON lines`} download>
          JSON lines
        </Button>
        {mayChange && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={`Delete version ${one.number}`}
            onClick={() => confirm(`Delete version ${one.number}?`, 'Inputs, annotations and tasks stay as they are. This cannot be undone.', 'Delete version', () => void deleteVersion(project, one).then(() => moved(project, 'datasets'), tellFault))}
          >
            Delete
          </Button>
        )}
      </Group>
    </Group>
  )
}

import { Badge, Button, Group, Modal, SegmentedControl, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCube, IconFlask, IconSearch, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'

import { useMe, useModels, useProject } from '../api/queries'
import type { Model } from '../api/types'
import { AddModel } from '../parts/AddModel'
import { mayLabel } from '../parts/draft'
import { Empty, PageHead, Trouble, Waiting } from '../parts/states'
import { TryModel } from '../parts/TryModel'
import { madeOf, many, says, size, whole } from '../parts/words'
import { useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const found = useModels(project)
  const me = useMe()
  const mayAdd = useMayChange(project)
  const mayTry = mayLabel({ role: useProject(project).data?.role ?? 'viewer' })
  const [which, setWhich] = useState<'all' | 'own'>('all')
  const [sought, setSought] = useState('')
  const [trying, setTrying] = useState<Model | null>(null)
  const [adding, setAdding] = useState(false)
  const matches = (one: Model): boolean =>
    (which === 'all' || one.project_id !== null) && [one.name, one.description, madeOf(one), ...one.concepts].some((word) => word.toLowerCase().includes(sought.toLowerCase()))
  const shown = found.data?.items.filter(matches) ?? []
  const button = mayAdd && (
    <Button leftSection={<IconUpload size={16} />} onClick={() => setAdding(true)}>
      Add model
    </Button>
  )
  const all = (): void => {
    setSought('')
    setWhich('all')
  }
  return (
    <>
      <PageHead title="Models" note={found.data && whole(found.data.items.length)}>
        <SegmentedControl
          size="xs"
          aria-label="Which models"
          value={which}
          onChange={(value) => setWhich(value as 'all' | 'own')}
          data={[
            { value: 'all', label: 'Catalog' },
            { value: 'own', label: 'Of this project' },
          ]}
        />
        <TextInput aria-label="Search models" placeholder="Name or concept" leftSection={<IconSearch size={15} />} value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />
        {button}
      </PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The models" again={() => void found.refetch()} />}
      {found.data && shown.length === 0 && (
        <Empty
          icon={<IconCube size={36} stroke={1.4} />}
          title={found.data.items.length === 0 ? 'No model yet' : sought === '' ? 'This project has no model of its own' : 'No model is like that'}
          action={found.data.items.length === 0 ? button : <Button onClick={all}>Show all models</Button>}
        >
          {found.data.items.length === 0
            ? 'A model comes as a card (.yaml) together with the files that it names: weights and lists of words or concepts. A workflow is a card that names models of the catalog.'
            : 'The catalog has others, which every project can use.'}
        </Empty>
      )}
      <div className="page-body">
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
          {shown.map((one) => (
            <Card key={one.name} model={one} onTry={mayTry ? () => setTrying(one) : null} />
          ))}
        </SimpleGrid>
      </div>
      <Modal opened={trying !== null} onClose={() => setTrying(null)} title={`Try ${trying?.name ?? ''}`} size="xl">
        {trying && <TryModel project={project} model={trying} />}
      </Modal>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a model" size="lg">
        <AddModel project={project} everywhere={me.data?.operator === true} done={() => setAdding(false)} />
      </Modal>
    </>
  )
}

const SOME = 8

/** A card in words. */
function Card({ model, onTry }: { model: Model; onTry: (() => void) | null }) {
  const [all, setAll] = useState(false)
  const { name, description, licence, runtime, concepts, version, size: bytes, reason, selectable, project_id } = model
  const some = all ? concepts : concepts.slice(0, SOME)
  return (
    <Stack className="card" gap="xs" justify="space-between" component="section" aria-label={name}>
      <div>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} className="ellipsis">
            {name}
          </Title>
          <Badge variant="default" radius="sm" size="sm" tt="none" style={{ flex: 'none' }}>
            {licence || 'no licence'}
          </Badge>
        </Group>
        <Text size="sm" mt={4}>
          {description || (version ? 'Its card describes it no further.' : 'Its card cannot be read.')}
        </Text>
        {version && (
          <Text size="xs" c="dimmed" mt={6} title={`Version ${version}`}>
            {says(model)}. {madeOf(model) || `Runs on ${runtime}`}, {bytes !== null && `${size(bytes)}, `}version {version.slice(0, 8)}. {project_id !== null && 'Only in this project.'}
          </Text>
        )}
        <Text size="xs" mt={6} component="div" mah={160} style={{ overflowY: 'auto' }} tabIndex={all ? 0 : undefined}>
          {concepts.length > 0 && (
            <>
              <b>{many(concepts.length, 'concept')}:</b> {some.join(', ')}
              {concepts.length > SOME && (
                <Button size="compact-xs" variant="subtle" ml={4} onClick={() => setAll(!all)}>
                  {all ? 'fewer' : `and ${whole(concepts.length - SOME)} more`}
                </Button>
              )}
            </>
          )}
        </Text>
        {!selectable && (
          <Text size="xs" mt={6}>
            No task can use it: {reason}
          </Text>
        )}
      </div>
      {onTry && (
        <Group>
          <Button size="xs" variant="default" leftSection={<IconFlask size={15} />} onClick={onTry} disabled={!selectable} aria-label={`Try on an input: ${name}`}>
            Try on an input
          </Button>
        </Group>
      )}
    </Stack>
  )
}

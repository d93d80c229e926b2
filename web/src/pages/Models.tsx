import { Badge, Button, FileButton, Group, Modal, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconCube, IconFlask, IconSearch, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'

import { addModel } from '../api/calls'
import { client } from '../api/client'
import { useMe, useModels } from '../api/queries'
import type { Model } from '../api/types'
import { TryModel } from '../parts/TryModel'
import { Empty, PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { many, MAKES, whole } from '../parts/words'
import { useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const found = useModels()
  const me = useMe()
  const mayTry = useMayChange(project)
  const [sought, setSought] = useState('')
  const [trying, setTrying] = useState<Model | null>(null)
  const [sent, setSent] = useState(0)
  const add = useMutation({
    mutationFn: (files: File[]) => {
      const form = new FormData()
      for (const file of files) form.append('files', file, file.name)
      return addModel(form, setSent, new AbortController().signal)
    },
    onError: tellFault,
    onSuccess: ({ name }) => {
      tell(`${name} is in the catalog.`)
      void client.invalidateQueries({ queryKey: ['models'] })
    },
  })
  const shown = found.data?.items.filter(({ name, concepts, description }) => [name, description, ...concepts].some((word) => word.toLowerCase().includes(sought.toLowerCase()))) ?? []
  const button = me.data?.operator && (
    <FileButton multiple onChange={(files) => files.length > 0 && add.mutate(files)}>
      {(props) => (
        <Button {...props} leftSection={<IconUpload size={16} />} loading={add.isPending}>
          Add model
        </Button>
      )}
    </FileButton>
  )
  return (
    <>
      <PageHead title="Models" note={found.data && whole(found.data.items.length)}>
        {add.isPending && (
          <Text size="xs" c="dimmed">
            {Math.round(sent * 100)} % sent
          </Text>
        )}
        <TextInput aria-label="Search models" placeholder="Name or concept" leftSection={<IconSearch size={15} />} value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />
        {button}
      </PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The models" again={() => void found.refetch()} />}
      {found.data && shown.length === 0 && (
        <Empty icon={<IconCube size={36} stroke={1.4} />} title={sought === '' ? 'No model yet' : 'No model is like that'} action={sought === '' ? button : <Button onClick={() => setSought('')}>Show all models</Button>}>
          Choose a card (.yaml) together with the files that it names: weights and lists of words or concepts.
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
    </>
  )
}

/** A card in words. */
function Card({ model, onTry }: { model: Model; onTry: (() => void) | null }) {
  const { name, description, reads, makes, licence, runtime, concepts, reason } = model
  const some = concepts.slice(0, 8)
  return (
    <Stack className="card" gap="xs" justify="space-between" component="section" aria-label={name}>
      <div>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} className="ellipsis">
            {name}
          </Title>
          <Badge variant="default" radius="sm" size="sm" tt="none">
            {licence}
          </Badge>
        </Group>
        <Text size="sm" mt={4}>
          {description || 'Its card describes it no further.'}
        </Text>
        <Text size="xs" c="dimmed" mt={6}>
          Reads {reads.map((kind) => `${kind}s`).join(' and ')}, {MAKES[makes] ?? `makes ${makes}`}. Runs on {runtime}.
        </Text>
        <Text size="xs" mt={6} lineClamp={2}>
          {concepts.length > 0 ? (
            <>
              <b>{many(concepts.length, 'concept')}:</b> {some.join(', ')}
              {concepts.length > some.length && ` and ${whole(concepts.length - some.length)} more`}
            </>
          ) : (
            <span>No task can use it: {reason}.</span>
          )}
        </Text>
      </div>
      {onTry && (
        <Group>
          <Button size="xs" variant="default" leftSection={<IconFlask size={15} />} onClick={onTry} disabled={!model.selectable}>
            Try on an input
          </Button>
        </Group>
      )}
    </Stack>
  )
}

import { Alert, Button, FileButton, Group, Progress, Radio, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconFile, IconFileDescription } from '@tabler/icons-react'
import { useState } from 'react'

import { addModel } from '../api/calls'
import { client } from '../api/client'
import { tell } from './states'
import { size } from './words'

const isCard = ({ name }: File): boolean => /\.ya?ml$/i.test(name)

/** A card and the files it names, chosen or dropped, looked over, then sent in one go. */
export function AddModel({ project, everywhere, done }: { project: number; everywhere: boolean; done: () => void }) {
  const [where, setWhere] = useState('here')
  const [files, setFiles] = useState<File[]>([])
  const [sent, setSent] = useState(0)
  const [over, setOver] = useState(false)
  const add = useMutation({
    mutationFn: () => {
      const form = new FormData()
      for (const file of files) form.append('files', file, file.name)
      return addModel(where === 'all' ? null : project, form, setSent, new AbortController().signal)
    },
    onSuccess: ({ name }) => {
      tell(`${name} is in the catalog.`)
      void client.invalidateQueries({ queryKey: ['models'] })
      done()
    },
  })
  const take = (more: File[]): void => {
    add.reset()
    setFiles([...files.filter(({ name }) => more.every((one) => one.name !== name)), ...more])
  }
  const cards = files.filter(isCard).length
  return (
    <Stack gap="sm">
      <div
        className="dropzone"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take([...event.dataTransfer.files])
        }}
      >
        <Text size="sm">Drop the card (.yaml) here, with the files that it names: weights and lists of words or concepts. The card of a workflow comes alone.</Text>
        <FileButton multiple onChange={take} inputProps={{ 'aria-label': 'Card and its files' }}>
          {(props) => (
            <Button {...props} size="xs" variant="default">
              Choose files
            </Button>
          )}
        </FileButton>
      </div>
      {files.map((file) => (
        <Group key={file.name} gap="sm" wrap="nowrap">
          {isCard(file) ? <IconFileDescription size={16} /> : <IconFile size={16} />}
          <Text size="sm" className="ellipsis" flex={1}>
            {file.name}
          </Text>
          <Text size="xs" c="dimmed" className="numbers">
            {isCard(file) ? 'card' : size(file.size)}
          </Text>
          <Button size="compact-xs" variant="subtle" color="gray" aria-label={`Leave out ${file.name}`} onClick={() => setFiles(files.filter((one) => one !== file))}>
            Leave out
          </Button>
        </Group>
      ))}
      {everywhere && (
        <Radio.Group label="Who can use it" value={where} onChange={setWhere}>
          <Group gap="lg" mt={6}>
            <Radio value="here" label="This project" />
            <Radio value="all" label="All projects" />
          </Group>
        </Radio.Group>
      )}
      {add.error && (
        <Alert color="red" variant="light" title="The model was not added">
          {add.error.message}
        </Alert>
      )}
      {add.isPending && <Progress value={sent * 100} size="sm" aria-label="Sent" animated={sent >= 1} />}
      <Group justify="space-between">
        <Text size="xs" c="dimmed" role="status">
          {files.length > 0 && cards !== 1 && (cards === 0 ? 'The card is missing: the .yaml that describes the model.' : 'One card at a time.')}
        </Text>
        <Button disabled={cards !== 1} loading={add.isPending} onClick={() => add.mutate()}>
          Add model
        </Button>
      </Group>
    </Stack>
  )
}

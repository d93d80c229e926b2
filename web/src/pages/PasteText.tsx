import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { pasteText } from '../api/calls'
import { moved } from '../api/moved'
import { tell, tellFault } from '../parts/states'

export function PasteText({ project, dataset }: { project: number; dataset: string }) {
  const [text, setText] = useState('')
  const [name, setName] = useState('pasted')
  const paste = useMutation({
    mutationFn: () => pasteText(project, text, name.trim() || 'pasted', dataset),
    onError: tellFault,
    onSuccess: ({ failures }) => {
      modals.closeAll()
      tell(failures[0]?.message ?? 'The text is among the inputs.')
      moved(project, 'inputs', 'datasets', 'projects')
    },
  })
  return (
    <Stack>
      <TextInput label="Name" maxLength={200} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
      <Textarea label="Text" data-autofocus autosize minRows={8} maxRows={20} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
      <Text size="xs" c="dimmed">
        It is kept exactly as pasted and becomes one input{dataset === '' ? '' : ` of the dataset ${dataset}`}.
      </Text>
      <Group justify="flex-end">
        <Button disabled={text === ''} loading={paste.isPending} onClick={() => paste.mutate()}>
          Add text
        </Button>
      </Group>
    </Stack>
  )
}

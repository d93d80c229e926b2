import { ActionIcon, Alert, Breadcrumbs, Button, Group, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { IconArrowUp, IconFileZip, IconFolder, IconTable } from '@tabler/icons-react'
import { useState } from 'react'

import { startImport } from '../api/calls'
import { moved } from '../api/moved'
import { useImportFolders } from '../api/queries'
import { Trouble, tell, Waiting } from './states'

const nameOf = (path: string): string => path.split('/').findLast((part) => part !== '') ?? path
const isFile = (path: string): boolean => /\.(zip|tar|tar\.gz|tgz|csv|tsv|jsonl)$/i.test(path)

/** Walk the folders of the server's machine that may be imported, and import one. */
export function ImportFolder({ project, dataset: shown }: { project: number; dataset: string }) {
  const [way, setWay] = useState<string[]>([])
  const [chosen, setChosen] = useState<string | null>(null)
  const [dataset, setDataset] = useState(shown)
  const here = way.at(-1) ?? null
  const found = useImportFolders(project, here)
  const source = chosen ?? here
  const start = useMutation({
    mutationFn: (folder: string) => startImport(project, folder, dataset.trim()),
    onSuccess: ({ folder }) => {
      modals.closeAll()
      tell(`${folder} is being imported.`)
      moved(project, 'imports')
    },
  })
  const open = (folders: string[]): void => {
    setWay(folders)
    setChosen(null)
  }
  const items = found.data?.items ?? []
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="nowrap" mih={30}>
        <ActionIcon variant="default" aria-label="Up" disabled={way.length === 0} onClick={() => open(way.slice(0, -1))}>
          <IconArrowUp size={16} />
        </ActionIcon>
        <Breadcrumbs separatorMargin={4} className="ellipsis">
          <Text size="sm" c="dimmed">
            Server
          </Text>
          {way.map((one) => (
            <Text key={one} size="sm">
              {way[0] === one ? one : nameOf(one)}
            </Text>
          ))}
        </Breadcrumbs>
      </Group>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The folders" again={() => void found.refetch()} />}
      {found.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {here === null
            ? 'No folder of the server may be imported from here. Whoever runs the server can allow some; the manual says how. Files of your own machine go up by dropping them on the page.'
            : 'No folder, archive or table lies in this one. Import the folder itself to bring the files in it.'}
        </Text>
      )}
      {items.length > 0 && (
        <ScrollArea.Autosize mah={280} type="auto">
          <Stack gap={4}>
            {items.map((path) => (
              <UnstyledButton key={path} className="choice" data-chosen={chosen === path || undefined} aria-pressed={chosen === path} onClick={() => (isFile(path) ? setChosen(path) : open([...way, path]))}>
                <Group gap="sm" wrap="nowrap">
                  {isFile(path) ? /sv$|jsonl$/i.test(path) ? <IconTable size={16} /> : <IconFileZip size={16} /> : <IconFolder size={16} />}
                  <Text size="sm" className="ellipsis">
                    {here === null ? path : nameOf(path)}
                  </Text>
                </Group>
              </UnstyledButton>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      )}
      <TextInput label="Dataset" description="A new one, or one that is there. Empty: in none." maxLength={200} value={dataset} onChange={({ currentTarget }) => setDataset(currentTarget.value)} />
      {start.error && (
        <Alert color="red" variant="light" p="sm">
          {start.error.message}
        </Alert>
      )}
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          Files stay where they are; the project refers to them.
        </Text>
        <Button disabled={source === null} loading={start.isPending} onClick={() => source !== null && start.mutate(source)} style={{ flex: 'none' }}>
          {source === null ? 'Import' : `Import ${nameOf(source)}`}
        </Button>
      </Group>
    </Stack>
  )
}

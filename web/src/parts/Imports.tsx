import { Alert, Group, Loader, Text } from '@mantine/core'
import { useState } from 'react'

import { useImports } from '../api/queries'
import { many } from './words'

const LATELY = 3_600_000

/** Imports that go on, and those that could not, above the inputs. */
export function Imports({ project }: { project: number }) {
  const found = useImports(project)
  const [closed, setClosed] = useState<readonly number[]>([])
  const [opened] = useState(Date.now)
  const items = (found.data?.items ?? []).filter(({ id }) => !closed.includes(id))
  const running = items.filter(({ ended_at }) => ended_at === null)
  const broken = items.filter(({ error, ended_at }) => error !== null && ended_at !== null && opened - Date.parse(ended_at) < LATELY)
  return (
    <>
      {running.map(({ id, folder, read }) => (
        <Group key={id} className="bar" gap="sm" role="status">
          <Loader size={14} />
          <Text size="sm" className="numbers">
            Importing {folder}: {many(read, 'item')} read
          </Text>
        </Group>
      ))}
      {broken.map(({ id, folder, error }) => (
        <Alert key={id} color="red" variant="light" radius={0} withCloseButton onClose={() => setClosed([...closed, id])} title={`${folder} could not be imported`}>
          {error}
        </Alert>
      ))}
    </>
  )
}

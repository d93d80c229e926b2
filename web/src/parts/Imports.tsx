import { Alert, Group, Loader, Text } from '@mantine/core'
import { useState } from 'react'

import { useImport, useImports } from '../api/queries'
import type { Import } from '../api/types'
import { many } from './words'

const LATELY = 3_600_000

/** Imports that go on, and those that lately left something out, above the inputs. */
export function Imports({ project }: { project: number }) {
  const found = useImports(project)
  const [closed, setClosed] = useState<readonly number[]>([])
  const [opened] = useState(Date.now)
  const items = (found.data?.items ?? []).filter(({ id }) => !closed.includes(id))
  const ended = items.filter(({ ended_at }) => ended_at !== null && opened - Date.parse(ended_at) < LATELY)
  return (
    <>
      {items
        .filter(({ ended_at }) => ended_at === null)
        .map(({ id, folder, read }) => (
          <Group key={id} className="bar" gap="sm" role="status">
            <Loader size={14} />
            <Text size="sm" className="numbers">
              Importing {folder}: {many(read, 'item')} read
            </Text>
          </Group>
        ))}
      {ended
        .filter(({ error, read, accepted }) => error !== null || accepted < read)
        .map((one) => (
          <Left key={one.id} project={project} one={one} close={() => setClosed([...closed, one.id])} />
        ))}
    </>
  )
}

/** What an import could not bring, and why. */
function Left({ project, one: { id, folder, error, read, accepted }, close }: { project: number; one: Import; close: () => void }) {
  const failures = useImport(project, id).data?.failures ?? []
  return (
    <Alert color="red" variant="light" radius={0} withCloseButton closeButtonLabel="Close" onClose={close} title={error === null ? `${many(read - accepted, 'item')} of ${folder} could not be read` : `${folder} could not be imported`}>
      {error}
      <div style={{ maxHeight: 120, overflowY: 'auto' }}>
        {failures.map(({ source, message }) => (
          <Text key={source} size="xs">
            <b>{source}</b>: {message}
          </Text>
        ))}
      </div>
    </Alert>
  )
}

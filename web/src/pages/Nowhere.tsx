import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Empty } from '../parts/states'

export function Component() {
  useDocumentTitle('There is no such page · Labelmill')
  return (
    <Empty
      icon={<IconMapQuestion size={36} stroke={1.4} />}
      title="There is no such page"
      action={
        <Button component={Link} to="/projects">
          Go to the projects
        </Button>
      }
    >
      The address may be old, or a part of it was lost on the way.
    </Empty>
  )
}

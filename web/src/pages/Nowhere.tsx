import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Empty } from '../parts/states'

export function Component() {
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

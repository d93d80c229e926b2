import { ActionIcon, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { memo, type ReactNode, useDeferredValue } from 'react'
import { Link } from 'react-router'

import type { Task } from '../api/types'
import type { Progress } from '../api/work'
import { useOutbox } from './outbox'
import { PageHead } from './states'
import { whole } from './words'

interface Props {
  project: number
  task: Task
  note?: string | undefined
  children?: ReactNode
}

/** The head of the pages where one works in a task: its name, how far it is, what one can do. */
export const WorkHead = memo(function WorkHead({ project, task, note, children }: Props) {
  return (
    <PageHead
      title={task.name}
      back={
        <ActionIcon component={Link} to={`/projects/${project}/tasks/${task.id}`} variant="subtle" color="gray" size="lg" aria-label="Back to the task">
          <IconArrowLeft size={18} />
        </ActionIcon>
      }
      note={note}
    >
      <Unsaved task={task.id} />
      {children}
    </PageHead>
  )
})

/** "312 of 480 reviewed · you 12 of 40". */
export function inWords({ mine_open, mine_done, entered, reviewed }: Progress): string {
  return `${whole(reviewed)} of ${whole(entered)} reviewed · you ${whole(mine_done)} of ${whole(mine_done + mine_open)}`
}

/** How many decisions have not reached the server; nothing when all have. */
function Unsaved({ task }: { task: number }) {
  const waiting = useDeferredValue(useOutbox().waiting) // most are saved before this is looked at
  const count = waiting.filter((one) => one.task === task).length
  if (count === 0) return null
  return (
    <Text size="xs" c="dimmed" className="numbers" role="status" style={{ whiteSpace: 'nowrap' }}>
      {count} unsaved
    </Text>
  )
}

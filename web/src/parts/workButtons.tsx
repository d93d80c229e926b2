import { Button, Tooltip } from '@mantine/core'
import { IconChecks, IconChevronDown, IconPencil } from '@tabler/icons-react'
import { Link } from 'react-router'

import type { TaskHead } from '../api/types'
import { useAction } from './controls'

/** The ways into a task's work; each is open exactly when the one who looks has something there now. */
export function WorkButtons({ project, task, size = 'sm' }: { project: number; task: TaskHead; size?: 'compact-sm' | 'sm' }) {
  const at = `/projects/${project}/tasks/${task.id}`
  return (
    <>
      <WorkButton open={task.can_review} to={`${at}/review`} label="Review" of={task.name} none="Nothing waits for your review" size={size} icon={<IconChecks size={15} />} />
      <WorkButton open={task.can_label} to={`${at}/label`} label="Label" of={task.name} none="Nothing waits for your labels" size={size} icon={<IconPencil size={15} />} />
    </>
  )
}

function WorkButton({ open, to, label, of, none, size, icon }: { open: boolean; to: string; label: string; of: string; none: string; size: 'compact-sm' | 'sm'; icon: React.ReactNode }) {
  const name = size === 'sm' ? label : `${label} ${of}`
  if (open)
    return (
      <Button component={Link} to={to} size={size} variant="light" leftSection={icon} aria-label={name}>
        {label}
      </Button>
    )
  return (
    <Tooltip label={none}>
      <Button size={size} variant="default" leftSection={icon} aria-label={name} disabled>
        {label}
      </Button>
    </Tooltip>
  )
}

/** Opens the choice of what is decided at once. */
export function AllButton() {
  const all = useAction('all')
  return (
    <Button variant="default" size="xs" onClick={all.run} rightSection={<IconChevronDown size={14} />} flex="none">
      {all.label}
    </Button>
  )
}

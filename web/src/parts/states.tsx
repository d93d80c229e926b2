import { Alert, Badge, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconMapQuestion, IconMessageDots, IconUsers, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

import { Fault } from '../api/request'
import type { Status } from '../api/types'
import { STATUS_WORDS } from './words'

/** An empty page says what belongs there and offers the next step. */
export function Empty({ icon, title, children, action }: { icon: ReactNode; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Center mih={320} p="xl">
      <Stack align="center" gap="sm" maw={520}>
        <Text c="dimmed" lh={0}>
          {icon}
        </Text>
        <Title order={2}>{title}</Title>
        <Text size="sm" c="dimmed" ta="center" style={{ textWrap: 'balance' }}>
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  )
}

interface TroubleProps {
  error: Error
  what: string
  again?: () => void
  /** Where to go when there is no such thing. */
  back?: { to: string; label: string }
}

const PROJECTS = { to: '/projects', label: 'All projects' }

/** What went wrong, where, and what to do now. */
export function Trouble({ error, what, again, back = PROJECTS }: TroubleProps) {
  if (error instanceof Fault && (error.status === 404 || error.status === 422))
    return (
      <Lost title={`${what} cannot be found`} back={back}>
        {error.status === 404 ? `${error.message} The address may be old, or it was deleted.` : 'The address of this page says something that Labelmill does not know.'}
      </Lost>
    )
  return (
    <Alert m="lg" color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={`${what} could not be loaded`}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

function Lost({ title, back, children }: { title: string; back: { to: string; label: string }; children: string }) {
  useDocumentTitle(`${title} · Labelmill`)
  return (
    <Empty icon={<IconMapQuestion size={36} stroke={1.4} />} title={title} action={<Button component={Link} to={back.to}>{back.label}</Button>}>
      {children}
    </Empty>
  )
}

export function Waiting() {
  return (
    <Center mih={240} className="waiting">
      <Loader size="sm" role="status" aria-label="Loading" />
    </Center>
  )
}

export function tellFault(error: Error): void {
  notifications.show({ color: 'red', title: 'That did not work', message: error.message, autoClose: 8000 })
}

export function tell(message: string): void {
  notifications.show({ message, autoClose: 4000 })
}

const LOOKS: Record<Status, { color: string; icon: ReactNode }> = {
  success: { color: 'approved', icon: <IconCheck size={12} /> },
  awaiting_review: { color: 'review', icon: <IconCircleDashed size={12} /> },
  awaiting_consensus_review: { color: 'review', icon: <IconUsers size={12} /> },
  pending: { color: 'review', icon: <IconMessageDots size={12} /> },
  rejected: { color: 'discarded', icon: <IconX size={12} /> },
}

export function StatusBadge({ status }: { status: Status }) {
  const { color, icon } = LOOKS[status]
  return (
    <Badge variant="light" size="sm" radius="sm" leftSection={icon} style={{ '--badge-bg': `color-mix(in srgb, var(--lm-${color}) 16%, transparent)`, '--badge-color': `var(--lm-${color}-text)`, textTransform: 'none' }}>
      {STATUS_WORDS[status]}
    </Badge>
  )
}

interface HeadProps {
  /** The browser's tab says it, too. */
  title: string
  /** The button that leads back, before the title. */
  back?: ReactNode
  note?: ReactNode
  children?: ReactNode
}

/** Title at the left, what one can do at the right. */
export function PageHead({ title, back, note, children }: HeadProps) {
  useDocumentTitle(`${title} · Labelmill`)
  return (
    <Group justify="space-between" px="lg" py="sm" mih={56} wrap="nowrap" className="page-head">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Title order={1} className="ellipsis">
          {back === undefined ? (
            title
          ) : (
            <Group gap={4} wrap="nowrap" component="span">
              {back}
              <span className="ellipsis">{title}</span>
            </Group>
          )}
        </Title>
        {note && (
          <Text size="sm" c="dimmed" className="numbers" style={{ whiteSpace: 'nowrap' }}>
            {note}
          </Text>
        )}
      </Group>
      <Group gap="xs" wrap="nowrap">
        {children}
      </Group>
    </Group>
  )
}

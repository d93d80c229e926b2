import { ActionIcon, Button, Group, Select, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconLink, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useNavigate } from 'react-router'

import { addMember, changeMember, removeMember } from '../api/calls'
import { client } from '../api/client'
import { useMe, useMembers, useProject } from '../api/queries'
import type { Member, Role } from '../api/types'
import { confirm } from '../parts/dialogs'
import { gives, invite, MAY, showLink } from '../parts/Invite'
import { PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { whole } from '../parts/words'
import { useId } from './place'

export function Component() {
  const project = useId('project')
  const found = useMembers(project)
  const offered = gives(useProject(project).data?.role)
  return (
    <>
      <PageHead title="Collaborators" note={found.data && whole(found.data.items.length)}>
        {offered.length > 0 && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => invite(project, offered)}>
            New collaborator
          </Button>
        )}
      </PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The collaborators" again={() => void found.refetch()} />}
      {found.data && (
        <div className="page-body">
          <div className="card" style={{ padding: 0 }}>
            <Table verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th w={170}>Role</Table.Th>
                  <Table.Th w="40%">What that means</Table.Th>
                  <Table.Th w={160}>
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.data.items.map((one) => (
                  <Row key={one.id} project={project} member={one} offered={offered} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </div>
      )}
    </>
  )
}

const again = (project: number): Promise<void> => client.invalidateQueries({ queryKey: ['members', project] })

const LINKS: Record<NonNullable<Member['invitation']>, string> = {
  open: 'invited, has not used the link yet',
  expired: 'invited, but the link has expired',
  used: 'came by a link, has no password yet',
}

const GOES = 'What was decided stays, with the name on it. What is still open is shared out evenly among the other reviewers of each task; inputs that are held for labeling are free again.'

function Row({ project, member: { id, name, role, invitation, renewable }, offered }: { project: number; member: Member; offered: readonly Role[] }) {
  const mine = useMe().data?.id === id
  const navigate = useNavigate()
  const change = useMutation({ mutationFn: (to: Role) => changeMember(project, id, to), onError: tellFault, onSuccess: () => again(project) })
  const remove = useMutation({
    mutationFn: () => removeMember(project, id),
    onError: tellFault,
    onSuccess: () => {
      tell(mine ? 'You have left the project.' : `${name} is no collaborator any more.`)
      void client.invalidateQueries({ queryKey: ['tasks', project] })
      if (!mine) return again(project)
      void client.invalidateQueries({ queryKey: ['projects'] })
      return navigate('/projects')
    },
  })
  const link = useMutation({ mutationFn: () => addMember(project, name, role), onError: tellFault, onSuccess: (made) => {
    showLink(made)
    return again(project)
  } })
  const open = offered.includes(role)
  return (
    <Table.Tr>
      <Table.Td className="any-length">
        {name}
        {mine && (
          <Text component="span" size="xs" c="dimmed">
            {' '}
            you
          </Text>
        )}
        {invitation !== null && (
          <Text size="xs" c="dimmed">
            {LINKS[invitation]}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {open ? <Select size="xs" aria-label={`Role of ${name}`} allowDeselect={false} data={[...offered]} value={role} disabled={change.isPending} onChange={(to) => to !== null && to !== role && change.mutate(to as Role)} /> : role}
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {MAY[role]}
        </Text>
      </Table.Td>
      <Table.Td>
        {(open || mine) && (
          <Group justify="flex-end" gap="xs" wrap="nowrap">
            {renewable && (
              <Button size="compact-sm" variant="default" leftSection={<IconLink size={14} />} aria-label={`New link for ${name}`} loading={link.isPending} onClick={() => link.mutate()}>
                New link
              </Button>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={mine ? 'Leave the project' : `Remove ${name}`}
              onClick={() => confirm(mine ? 'Leave the project?' : `Remove ${name}?`, GOES, mine ? 'Leave' : 'Remove', () => remove.mutate())}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

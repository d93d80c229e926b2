import { ActionIcon, Alert, Button, Group, Modal, Select, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { addMember, changeMember, removeMember } from '../api/calls'
import { client } from '../api/client'
import { useMe, useMembers, useProject } from '../api/queries'
import type { Invited, Member, Role } from '../api/types'
import { CopyLine } from '../parts/CopyLine'
import { confirm } from '../parts/dialogs'
import { PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { whole } from '../parts/words'
import { useId } from './place'

const MAY: Record<Role, string> = {
  owner: 'may do everything, archive the project as well',
  admin: 'brings data, makes tasks and chooses members',
  reviewer: 'decides what tasks are not sure of',
  labeler: 'labels what tasks ask for',
  viewer: 'may look at everything',
}
const ROLES = Object.keys(MAY) as Role[]

export function Component() {
  const project = useId('project')
  const found = useMembers(project)
  const role = useProject(project).data?.role
  const [adding, setAdding] = useState(false)
  // as the server has it: owners choose everybody, admins all below themselves
  const offered = role === 'owner' ? ROLES : role === 'admin' ? ROLES.slice(2) : []
  return (
    <>
      <PageHead title="Members" note={found.data && whole(found.data.items.length)}>
        {offered.length > 0 && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>
            Add member
          </Button>
        )}
      </PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The members" again={() => void found.refetch()} />}
      {found.data && (
        <div className="page-body">
          <div className="card" style={{ padding: 0 }}>
            <Table verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th w={170}>Role</Table.Th>
                  <Table.Th w="40%">What that means</Table.Th>
                  <Table.Th w={50}>
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
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add member">
        <Add project={project} offered={offered} />
      </Modal>
    </>
  )
}

const again = (project: number): Promise<void> => client.invalidateQueries({ queryKey: ['members', project] })

function Row({ project, member: { id, name, role }, offered }: { project: number; member: Member; offered: readonly Role[] }) {
  const mine = useMe().data?.id === id
  const navigate = useNavigate()
  const change = useMutation({ mutationFn: (to: Role) => changeMember(project, id, to), onError: tellFault, onSuccess: () => again(project) })
  const remove = useMutation({
    mutationFn: () => removeMember(project, id),
    onError: tellFault,
    onSuccess: () => {
      tell(mine ? 'You have left the project.' : `${name} is no member any more.`)
      if (!mine) return again(project)
      void client.invalidateQueries({ queryKey: ['projects'] })
      return navigate('/projects')
    },
  })
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
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={mine ? 'Leave the project' : `Remove ${name}`}
            onClick={() => confirm(mine ? 'Leave the project?' : `Remove ${name}?`, 'What was done stays, with the name on it.', mine ? 'Leave' : 'Remove', () => remove.mutate())}
          >
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Add({ project, offered }: { project: number; offered: readonly Role[] }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('reviewer')
  const [invited, setInvited] = useState<Invited | null>(null)
  const add = useMutation({
    mutationFn: () => addMember(project, name.trim(), role),
    onSuccess: (made) => {
      setInvited(made)
      setName('')
      void again(project)
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') add.mutate()
      }}
    >
      <Stack>
        {invited && <Welcome invited={invited} />}
        {add.error && (
          <Alert color="red" variant="light" p="sm">
            {add.error.message}
          </Alert>
        )}
        <TextInput label="Name" description="Somebody known here, or somebody new." data-autofocus maxLength={200} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
        <Select label="Role" description={`A ${role} ${MAY[role]}.`} allowDeselect={false} data={[...offered]} value={role} onChange={(to) => to !== null && setRole(to as Role)} />
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ''} loading={add.isPending}>
            Add member
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Welcome({ invited: { name, token } }: { invited: Invited }) {
  if (token === null)
    return (
      <Alert variant="light" p="sm">
        {name} is a member now.
      </Alert>
    )
  const link = `${location.origin}/sign-in#token=${token}`
  return (
    <Alert variant="light" p="sm" title={`Send ${name} this link`}>
      <Text size="sm" mb="xs">
        It lets in once, within a week, and is not shown again. After that {name} sets a password.
      </Text>
      <CopyLine text={link} />
    </Alert>
  )
}

import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { addMember } from '../api/calls'
import { client } from '../api/client'
import type { Invited, Role } from '../api/types'
import { CopyLine } from './CopyLine'

export const MAY: Record<Role, string> = {
  owner: 'may do everything, archive the project as well',
  admin: 'brings data, makes tasks and chooses collaborators',
  reviewer: 'decides what tasks are not sure of',
  labeler: 'labels what tasks ask for',
  viewer: 'may look at everything',
}
export const ROLES = Object.keys(MAY) as Role[]

/** The roles that one may give, as the server has it: owners choose everybody, admins all below themselves. */
export function gives(role: Role | undefined): readonly Role[] {
  return role === 'owner' ? ROLES : role === 'admin' ? ROLES.slice(2) : []
}

/** Opens the dialog that brings a person into the project; `added` hears of each. */
export function invite(project: number, offered: readonly Role[], added?: (person: Invited) => void): void {
  modals.open({ title: 'New collaborator', children: <Form project={project} offered={offered} added={added} /> })
}

/** Opens a dialog with a link for somebody who is a collaborator already. */
export function showLink(invited: Invited): void {
  modals.open({
    title: 'New link',
    children: (
      <Stack>
        <Welcome invited={invited} />
        <Text size="sm" c="dimmed">
          The link before it is void.
        </Text>
        <Group justify="flex-end">
          <Button data-autofocus onClick={() => modals.closeAll()}>
            Done
          </Button>
        </Group>
      </Stack>
    ),
  })
}

function Form({ project, offered, added }: { project: number; offered: readonly Role[]; added: ((person: Invited) => void) | undefined }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('reviewer')
  const [invited, setInvited] = useState<Invited | null>(null)
  const add = useMutation({
    mutationFn: () => addMember(project, name.trim(), role),
    onSuccess: async (made) => {
      setInvited(made)
      setName('')
      await client.invalidateQueries({ queryKey: ['members', project] })
      added?.(made)
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
          <Button variant="default" onClick={() => modals.closeAll()}>
            {invited ? 'Done' : 'Cancel'}
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={add.isPending}>
            Add collaborator
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
        {name} is a collaborator now.
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

import { Alert, Button, Checkbox, Group, PasswordInput, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'

import { changePassword, createToken, deleteToken, mute, renameMe } from '../api/calls'
import { client } from '../api/client'
import { useMe, useTokens } from '../api/queries'
import { keepCsrf } from '../api/request'
import type { FreshToken, Me } from '../api/types'
import { CopyLine } from '../parts/CopyLine'
import { askName, confirm } from '../parts/dialogs'
import { PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { date } from '../parts/words'

/** One's own name, password, notifications and access tokens. */
export function Component() {
  const me = useMe()
  return (
    <>
      <PageHead title="Profile" note={me.data?.name} />
      <Stack className="page-body" gap="md" maw={860}>
        {me.data && <Name name={me.data.name} />}
        {me.data && <Password me={me.data} />}
        {me.data && <Wanted muted={me.data.muted} />}
        <Tokens />
      </Stack>
    </>
  )
}

function Name({ name }: { name: string }) {
  const rename = useMutation({ mutationFn: renameMe, onSuccess: (me) => client.setQueryData(['me'], me), onError: tellFault })
  return (
    <section className="card" aria-label="Name">
      <Group justify="space-between">
        <div>
          <Title order={2}>{name}</Title>
          <Text size="sm" c="dimmed">
            Your name stands on all that you label and decide.
          </Text>
        </div>
        <Button size="xs" variant="default" loading={rename.isPending} onClick={() => askName('Your name', 'Change name', name, rename.mutate)}>
          Change name
        </Button>
      </Group>
    </section>
  )
}

const KINDS: Record<Me['muted'][number], string> = {
  assigned: 'When you have work in a task',
  finished: 'When a task that you made has finished',
  failed: 'When the model of a task that you made cannot run',
}

/** What one is told of in the app. */
function Wanted({ muted }: { muted: Me['muted'] }) {
  const change = useMutation({ mutationFn: mute, onSuccess: (me) => client.setQueryData(['me'], me), onError: tellFault })
  const kinds = Object.keys(KINDS) as Me['muted']
  const now = change.isPending ? change.variables : muted
  return (
    <section className="card" aria-label="Notifications">
      <Title order={2} mb="sm">
        Notifications
      </Title>
      <Stack gap="xs">
        {kinds.map((kind) => (
          <Checkbox
            key={kind}
            label={KINDS[kind]}
            checked={!now.includes(kind)}
            onChange={({ currentTarget }) => change.mutate(currentTarget.checked ? now.filter((one) => one !== kind) : [...now, kind])}
          />
        ))}
      </Stack>
    </section>
  )
}

const SHORTEST = 10

function Password({ me: { name, operator, has_password: has } }: { me: Me }) {
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const change = useMutation({
    mutationFn: () => changePassword({ new: fresh, current: has ? current : null }),
    onSuccess: (fresh) => {
      keepCsrf(fresh.csrf)
      client.setQueryData(['me'], fresh)
      setCurrent('')
      setFresh('')
      tell('The new password is set.')
    },
  })
  return (
    <section className="card" aria-label="Password">
      <Title order={2} mb="sm">
        Password
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        {/* for password managers, which else could not tell whose password it is */}
        <input hidden readOnly autoComplete="username" aria-hidden value={name} />
        <Stack gap="sm" maw={360}>
          {!has && (
            <Text size="sm" c="dimmed">
              You have none yet: only links that {operator ? 'the server prints' : 'are sent to you'} let you in, each of them once. With a password you can sign in from anywhere.
            </Text>
          )}
          {change.error && (
            <Alert color="red" variant="light" p="sm">
              {change.error.message}
            </Alert>
          )}
          {has && <PasswordInput label="Password now" autoComplete="current-password" required withAsterisk={false} value={current} onChange={({ currentTarget }) => setCurrent(currentTarget.value)} />}
          <PasswordInput label="New password" description={`At least ${SHORTEST} characters.`} autoComplete="new-password" required withAsterisk={false} value={fresh} onChange={({ currentTarget }) => setFresh(currentTarget.value)} />
          <Group>
            <Button type="submit" disabled={fresh.length < SHORTEST || (has && current === '')} loading={change.isPending}>
              {has ? 'Change password' : 'Set password'}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}

function Tokens() {
  const found = useTokens()
  const [made, setMade] = useState<FreshToken | null>(null)
  const again = () => client.invalidateQueries({ queryKey: ['tokens'] })
  const create = useMutation({
    mutationFn: createToken,
    onError: tellFault,
    onSuccess: (token) => {
      setMade(token)
      void again()
    },
  })
  const remove = useMutation({ mutationFn: deleteToken, onError: tellFault, onSuccess: again })
  const items = found.data?.items ?? []
  return (
    <section className="card" aria-label="Access tokens">
      <Group justify="space-between" mb="sm">
        <Title order={2}>Access tokens</Title>
        <Button size="xs" variant="default" leftSection={<IconKey size={15} />} loading={create.isPending} onClick={() => askName('New access token', 'Create token', '', create.mutate)}>
          New token
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        Scripts and the command sign in with a token. It may do what you may do.
      </Text>
      {made && <Made token={made} />}
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The tokens" again={() => void found.refetch()} />}
      {items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th w={130}>Made on</Table.Th>
              <Table.Th w={130}>Last used</Table.Th>
              <Table.Th w={90}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ id, name, created_at, used_at }) => (
              <Table.Tr key={id}>
                <Table.Td className="any-length">{name}</Table.Td>
                <Table.Td className="one-line">{date(created_at)}</Table.Td>
                <Table.Td className="one-line">{used_at === null ? 'never' : date(used_at)}</Table.Td>
                <Table.Td ta="right">
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    aria-label={`Revoke ${name}`}
                    onClick={() => confirm(`Revoke ${name}?`, 'Whatever signs in with it is refused from now on.', 'Revoke', () => remove.mutate(id))}
                  >
                    Revoke
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  )
}

function Made({ token: { name, token } }: { token: FreshToken }) {
  return (
    <Alert variant="light" mb="sm" title={`${name} is made`}>
      <Text size="sm" mb="xs">
        Copy it now: it is not shown again.
      </Text>
      <CopyLine text={token} />
    </Alert>
  )
}

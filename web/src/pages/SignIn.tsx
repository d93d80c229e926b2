import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router'

import { signIn } from '../api/calls'
import { client } from '../api/client'
import { keepCsrf } from '../api/request'

/** Where to go afterwards: only ever a page of this server. */
function inside(to: string | null): string {
  return to?.startsWith('/') && !to.startsWith('//') ? to : '/projects'
}

function tokenIn(hash: string, search: URLSearchParams): string | null {
  return new URLSearchParams(hash.slice(1)).get('token') ?? search.get('token')
}

export function Component() {
  useDocumentTitle('Sign in · Labelmill')
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  // a second link that is opened in the same tab changes nothing but the hash
  const token = tokenIn(useLocation().hash, search)
  const tried = useRef<string>(null)
  const { mutate, error, isPending } = useMutation({
    mutationFn: signIn,
    onSuccess: (me) => {
      keepCsrf(me.csrf)
      client.setQueryData(['me'], me)
      void navigate(inside(search.get('to')), { replace: true })
    },
  })

  useEffect(() => {
    if (token === null || tried.current === token) return
    tried.current = token
    // a one-time token has no business in the history of a browser
    const to = search.get('to')
    void navigate(to === null ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`, { replace: true })
    mutate({ token })
  }, [token, mutate, navigate, search])

  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w={360} component="form" onSubmit={(event) => {
        event.preventDefault()
        mutate({ name, password })
      }}>
        <Stack gap="md">
          <Group gap={10}>
            <img src="/mark.svg" width={30} height={30} alt="" />
            <Text component="h1" fz={20} fw={650} m={0}>
              Labelmill
            </Text>
          </Group>
          {error && (
            <Alert color="red" variant="light" p="sm">
              {error.message}
            </Alert>
          )}
          <TextInput label="Name" autoComplete="username" required withAsterisk={false} autoFocus value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
          <PasswordInput label="Password" autoComplete="current-password" required withAsterisk={false} value={password} onChange={({ currentTarget }) => setPassword(currentTarget.value)} />
          <Button type="submit" loading={isPending}>
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            Invited? The link that you were sent signs you in once; then set a password. On the machine itself, open the address that <code>labelmill up</code> printed: it signs you in once without a password.
          </Text>
        </Stack>
      </Paper>
    </Center>
  )
}

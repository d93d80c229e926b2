import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'

import { Drafts } from '../desk/drafts'
import { useLabel } from './useLabel'

afterEach(() => {
  vi.unstubAllGlobals()
})

const drafts = new Drafts('1-label-3', localStorage)

function Page() {
  useLabel(7, 3, drafts)
  return null
}

test('what came just before the page went is given back as well', async () => {
  const asked: string[] = []
  const says = (said: unknown): Promise<unknown> => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(said) })
  const taken = (id: number) => ({ input: { id, kind: 'text', work: 'label' }, expires_at: null, left: 2 })
  let arrive: (() => void) | undefined
  vi.stubGlobal('fetch', (path: string, { method, body }: RequestInit) => {
    asked.push(`${method} ${path}`)
    if (method === 'DELETE') return Promise.resolve({ status: 204 })
    if (method === 'GET') return says({ items: [] })
    if (body === '{}') return says(taken(1))
    return new Promise<void>((resolve) => (arrive = resolve)).then(() => says(taken(2)))
  })
  const queries = new QueryClient()
  queries.setQueryData(['me'], { id: 1 })
  const root = createRoot(document.createElement('div'))
  root.render(createElement(QueryClientProvider, { client: queries }, createElement(Page)))
  await vi.waitFor(() => expect(arrive).toBeDefined())

  arrive?.()
  for (let tick = 0; tick < 50; tick++) await Promise.resolve() // the answer is heard, and nothing drawn anew yet
  expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual([])
  root.unmount()

  const given = (id: number): string => `DELETE /api/v1/projects/7/tasks/3/label/${id}/lease`
  expect(asked).toContain(given(1))
  await vi.waitFor(() => expect(asked).toContain(given(2)))
})

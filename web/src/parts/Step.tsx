import { Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** One numbered card of a page that is filled in from top to bottom. */
export function Step({ no, title, aside, children }: { no: number; title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <span className="step">{no}</span>
          <Title order={2}>{title}</Title>
        </Group>
        {aside}
      </Group>
      <Stack gap="sm" align="stretch">
        {children}
      </Stack>
    </section>
  )
}

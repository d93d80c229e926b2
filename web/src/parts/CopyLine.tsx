import { Button, Code, Group } from '@mantine/core'
import { useState } from 'react'

import { copied } from './copied'
import { tellFault } from './states'

/** A text that is told once, with a button that copies it. */
export function CopyLine({ text }: { text: string }) {
  const [done, setDone] = useState(false)
  return (
    <Group gap="xs" wrap="nowrap">
      <Code className="ellipsis" fz="sm">
        {text}
      </Code>
      <Button size="compact-sm" variant="default" flex="none" onClick={() => copied(text).then(() => setDone(true), tellFault)}>
        {done ? 'Copied' : 'Copy'}
      </Button>
    </Group>
  )
}

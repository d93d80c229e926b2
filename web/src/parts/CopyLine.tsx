import { Button, Code, CopyButton, Group } from '@mantine/core'

/** A text that is told once, with a button that copies it. */
export function CopyLine({ text }: { text: string }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Code className="ellipsis" fz="sm">
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" flex="none" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}

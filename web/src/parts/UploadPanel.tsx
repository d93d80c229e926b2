import { Button, CloseButton, Group, Paper, Progress, ScrollArea, Text } from '@mantine/core'

import { dismissUploads, useUploads } from './uploads'
import { many, whole } from './words'

/** What goes up and what could not be read, in the corner of every page. */
export function UploadPanel() {
  const { files, bytes, sent, done, accepted, failures, running } = useUploads()
  if (files === 0) return null
  const share = bytes > 0 ? (sent / bytes) * 100 : 0
  const title = running ? `Uploading: ${whole(done)} of ${many(files, 'file')}` : `${many(accepted, 'input')} from ${many(files, 'file')}`
  return (
    <Paper className="upload-panel" withBorder shadow="md" p="sm" role="status">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} className="numbers">
          {title}
        </Text>
        {running ? (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={dismissUploads}>
            Stop
          </Button>
        ) : (
          <CloseButton size="sm" aria-label="Close" onClick={dismissUploads} />
        )}
      </Group>
      {running && <Progress value={share} mt="xs" size="sm" aria-label="Sent" animated={share >= 100} />}
      {running && share >= 100 && (
        <Text size="xs" c="dimmed" mt={4}>
          All is sent; the server reads it.
        </Text>
      )}
      {failures.length > 0 && (
        <>
          <Text size="xs" c="var(--lm-alarm)" fw={600} mt="xs">
            {many(failures.length, 'file')} could not be read
          </Text>
          <ScrollArea.Autosize mah={180} type="auto">
            {failures.slice(0, 200).map(({ source, message }, at) => (
              <Text key={at} size="xs" mt={4}>
                <b>{source}</b>: {message}
              </Text>
            ))}
          </ScrollArea.Autosize>
        </>
      )}
    </Paper>
  )
}

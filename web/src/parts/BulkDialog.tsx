import { Button, Group, Loader, Modal, Progress, Radio, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { freshKey, type Group as Waiting, reviewBulk, reviewGroups } from '../api/work'
import { tell, tellFault, Trouble } from './states'
import { many, whole } from './words'

interface Props {
  project: number
  task: number
  opened: boolean
  close: () => void
  /** Something was decided. */
  done: () => void
}

type Action = 'approve' | 'reject'

const WORDS: Record<Action, string> = { approve: 'Approve', reject: 'Reject' }

/** Decides at once all that waits for oneself, or what one labeler said, or one concept; asked for twice. */
export function BulkDialog({ opened, close, ...rest }: Props) {
  return (
    <Modal opened={opened} onClose={close} title="Approve or reject all" size="lg">
      {opened && <Bulk close={close} {...rest} />}
    </Modal>
  )
}

interface Choice {
  name: string
  concept?: string
  labeler?: string
  annotations: number
}

function choices(groups: readonly Waiting[]): Choice[] {
  const sum = (some: readonly Waiting[]): number => some.reduce((total, one) => total + one.annotations, 0)
  const by = (what: 'concept' | 'labeler'): Choice[] =>
    [...new Set(groups.map((one) => one[what]))].map((name) => ({
      name: what === 'concept' ? `the concept ${name}` : `what ${name} said`,
      [what]: name,
      annotations: sum(groups.filter((one) => one[what] === name)),
    }))
  return [{ name: 'everything that waits for you', annotations: sum(groups) }, ...by('labeler'), ...by('concept')]
}

function Bulk({ project, task, close, done }: Omit<Props, 'opened'>) {
  const groups = useQuery({ queryKey: ['tasks', project, task, 'groups'], queryFn: () => reviewGroups(project, task), staleTime: 0 })
  const [at, setAt] = useState('0')
  const [asked, setAsked] = useState<Action | null>(null)
  const [running, setRunning] = useState<{ decided: number; left: number } | null>(null)
  if (groups.error) return <Trouble error={groups.error} what="What waits for you" again={() => void groups.refetch()} />
  if (groups.data === undefined) return <Loader size="sm" aria-label="Loading" />
  const all = choices(groups.data.items)
  const chosen = all[Number(at)] as Choice

  const go = async (action: Action): Promise<void> => {
    let [decided, left] = [0, 1]
    setRunning({ decided, left: 0 })
    try {
      while (left > 0) {
        const said = { key: freshKey(), action, ...(chosen.concept === undefined ? {} : { concept: chosen.concept }), ...(chosen.labeler === undefined ? {} : { labeler: chosen.labeler }) }
        const answer = await reviewBulk(project, task, said)
        decided += answer.annotations
        left = answer.inputs === 0 ? 0 : answer.left
        setRunning({ decided, left })
      }
      tell(`${many(decided, 'annotation')} ${action === 'approve' ? 'approved' : 'rejected'}.`)
    } catch (fault) {
      tellFault(fault as Error)
    }
    done()
    close()
  }

  if (chosen.annotations === 0) return <Text size="sm">Nothing waits for you in this task.</Text>
  if (running !== null)
    return (
      <Stack gap="xs">
        <Text size="sm" className="numbers" role="status">
          {whole(running.decided)} of {whole(chosen.annotations)} decided
        </Text>
        <Progress value={(running.decided / chosen.annotations) * 100} aria-label="Decided" />
      </Stack>
    )
  if (asked !== null)
    return (
      <Stack gap="md">
        <Text size="sm">
          {WORDS[asked]} {many(chosen.annotations, 'annotation')}: {chosen.name}? Only what nobody has decided yet is touched.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsked(null)}>
            Back
          </Button>
          <Button data-autofocus color={asked === 'reject' ? 'red' : undefined} onClick={() => void go(asked)}>
            {WORDS[asked]} {whole(chosen.annotations)}
          </Button>
        </Group>
      </Stack>
    )
  return (
    <Stack gap="md">
      <Radio.Group value={at} onChange={setAt} aria-label="What to decide">
        <Stack gap={6} mah={360} style={{ overflowY: 'auto' }} p={2}>
          {all.map(({ name, annotations }, place) => (
            <Radio key={name} data-autofocus={place === 0 || undefined} value={String(place)} label={`${name.slice(0, 1).toUpperCase()}${name.slice(1)} (${whole(annotations)})`} />
          ))}
        </Stack>
      </Radio.Group>
      <Group justify="flex-end">
        <Button variant="default" color="red" onClick={() => setAsked('reject')}>
          Reject all
        </Button>
        <Button onClick={() => setAsked('approve')}>Approve all</Button>
      </Group>
    </Stack>
  )
}

import { Button, Group, Loader, Modal, Progress, Radio, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { memo, type MouseEvent, useEffect, useState } from 'react'

import { freshKey, type Group as Waiting, reviewBulk, reviewGroups } from '../api/work'
import { AT_ONCE, staysClosed } from './dialogs'
import { useOutbox } from './outbox'
import { tell, tellFault, Trouble } from './states'
import { many, whole } from './words'

interface Props {
  project: number
  task: number
  opened: boolean
  close: () => void
  /** Ids of inputs on which one has begun to say something else: they are left out. */
  begun: (action: Action) => number[]
  /** Something was decided, by these acts. */
  done: (activities: readonly number[]) => void
}

export type Action = 'approve' | 'reject'

const WORDS: Record<Action, string> = { approve: 'Approve', reject: 'Reject' }

/** Decides at once all that waits for oneself, or what one labeler said, or one concept; asked for twice. */
export const BulkDialog = memo(function BulkDialog({ opened, close, ...rest }: Props) {
  return (
    // the question is smaller than the choice: the second click of a double click would fall beside it
    <Modal opened={opened} onClose={close} closeOnClickOutside={false} title="Approve all / Reject all" size="lg" {...AT_ONCE}>
      {opened && <Bulk close={close} {...rest} />}
    </Modal>
  )
}, staysClosed)

interface Choice {
  name: string
  concept?: string
  labeler?: string
  annotations: number
}

interface Asked {
  action: Action
  choice: Choice
  but_not: number[]
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

function Bulk({ project, task, close, begun, done }: Omit<Props, 'opened'>) {
  const { outbox, waiting } = useOutbox()
  const unsent = waiting.filter((one) => one.task === task).length
  useEffect(() => void outbox.flush(), [outbox])
  // what has been decided one by one counts first, or this would decide it otherwise
  const groups = useQuery({ queryKey: ['tasks', project, task, 'groups'], queryFn: () => reviewGroups(project, task), staleTime: 0, enabled: unsent === 0 })
  const [at, setAt] = useState('0')
  const [asked, setAsked] = useState<Asked | null>(null)
  const [running, setRunning] = useState<{ decided: number; left: number } | null>(null)
  if (unsent > 0)
    return (
      <Text size="sm" role="status">
        {many(unsent, 'decision of yours is', 'decisions of yours are')} still on the way to the server. This goes on as soon as they are saved.
      </Text>
    )
  if (groups.error) return <Trouble error={groups.error} what="What waits for you" again={() => void groups.refetch()} />
  if (groups.data === undefined || (groups.isFetching && asked === null && running === null)) return <Loader size="sm" aria-label="Loading" />
  const all = choices(groups.data.items)
  const chosen = asked?.choice ?? all[Number(at)] ?? (all[0] as Choice)

  const go = async ({ action, but_not }: Asked): Promise<void> => {
    let [decided, left] = [0, 1]
    const activities: number[] = []
    setRunning({ decided, left: 0 })
    try {
      while (left > 0) {
        const said = { key: freshKey(), action, but_not, ...(chosen.concept === undefined ? {} : { concept: chosen.concept }), ...(chosen.labeler === undefined ? {} : { labeler: chosen.labeler }) }
        const answer = await reviewBulk(project, task, said)
        if (answer.activity_id !== null) activities.push(answer.activity_id)
        decided += answer.annotations
        left = answer.inputs === 0 ? 0 : answer.left
        setRunning({ decided, left })
      }
      tell(`${many(decided, 'annotation')} ${action === 'approve' ? 'approved' : 'rejected'}.`)
    } catch (fault) {
      tellFault(fault as Error)
    }
    done(activities)
    close()
  }

  if (asked === null && chosen.annotations === 0) return <Text size="sm">Nothing waits for you in this task.</Text>
  if (running !== null)
    return (
      <Stack gap="xs">
        <Text size="sm" className="numbers" role="status">
          {whole(running.decided)} of {whole(chosen.annotations)} decided
        </Text>
        <Progress value={(running.decided / chosen.annotations) * 100} aria-label="Decided" />
      </Stack>
    )
  const ask = async (action: Action): Promise<void> => {
    const but_not = begun(action)
    const counted = but_not.length === 0 ? all : choices((await reviewGroups(project, task, but_not)).items)
    setAsked({ action, but_not, choice: counted.find(({ name }) => name === chosen.name) ?? { ...chosen, annotations: 0 } })
  }
  // a second click, or a key held down, is meant for what was there before
  const once = (go: () => void) => ({ detail: clicks }: MouseEvent) => clicks > 1 || go()
  if (asked !== null)
    return (
      <Stack key="asked" gap="md">
        <Text size="sm">
          {WORDS[asked.action]} {many(chosen.annotations, 'annotation')}: {chosen.name}? Only what nobody has decided yet is touched{asked.but_not.length > 0 && `, and not ${many(asked.but_not.length, 'input')} that you have begun to change`}.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsked(null)}>
            Back
          </Button>
          <Button autoFocus disabled={asked.choice.annotations === 0} color={asked.action === 'reject' ? 'red' : undefined} onClick={once(() => void go(asked))}>
            {WORDS[asked.action]} {whole(chosen.annotations)}
          </Button>
        </Group>
      </Stack>
    )
  return (
    <Stack key="choice" gap="md">
      <Radio.Group value={at} onChange={setAt} aria-label="What to decide">
        <Stack gap={6} mah={360} style={{ overflowY: 'auto' }} p={4}>
          {all.map(({ name, annotations }, place) => (
            <Radio key={name} autoFocus={place === Number(at)} data-autofocus={place === Number(at) || undefined} value={String(place)} label={`${name.slice(0, 1).toUpperCase()}${name.slice(1)} (${whole(annotations)})`} />
          ))}
        </Stack>
      </Radio.Group>
      <Group justify="flex-end">
        <Button variant="default" color="red" onClick={() => void ask('reject').catch(tellFault)}>
          Reject all
        </Button>
        <Button onClick={() => void ask('approve').catch(tellFault)}>Approve all</Button>
      </Group>
    </Stack>
  )
}

import { Alert, Button, Checkbox, Group, MultiSelect, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import * as call from '../api/calls'
import { moved } from '../api/moved'
import { useConcepts, useMapping, useMembers, useModels, useTask } from '../api/queries'
import type { ChangedTask, Task } from '../api/types'
import { Agree } from './Agree'
import { sameThresholds } from './bands'
import { DecisionThreshold } from './DecisionThreshold'
import { mayLabel, mayReview } from './draft'
import { People } from './People'
import { PriorityChoice } from './Priority'
import { tell, Trouble, Waiting } from './states'

/** Opens the dialog in which a task that is there is changed. */
export function editTask(project: number, id: number): void {
  modals.open({ modalId: 'edit-task', title: 'Edit task', size: 'lg', children: <Edit project={project} id={id} /> })
}

function Edit({ project, id }: { project: number; id: number }) {
  const found = useTask(project, id)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The task" again={() => void found.refetch()} />
  return <Form project={project} task={found.data} />
}

const ids = (some: readonly { id: number }[]): number[] => some.map(({ id }) => id)
const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((one) => b.includes(one))

function Form({ project, task: fresh }: { project: number; task: Task }) {
  const [task] = useState(fresh) // what was there when one began: what others change meanwhile is not written over
  const [now, setNow] = useState({
    name: task.name, reviewers: ids(task.reviewers), labelers: ids(task.labelers), agree: task.agree, checked: task.checked,
    priority: task.priority, concepts: task.concepts, instructions: task.instructions, limits: task.thresholds,
  })
  const [each, setEach] = useState(Object.keys(task.thresholds.by_concept).length > 0)
  const members = useMembers(project).data?.items ?? []
  const change = (more: Partial<typeof now>): void => setNow({ ...now, ...more })
  const save = useMutation({
    mutationFn: async () => {
      const said = different(task, now)
      if (Object.keys(said).length > 0) await call.changeTask(project, task.id, said)
      const thresholds = each ? now.limits : { ...now.limits, by_concept: {} }
      if (!sameThresholds(task.thresholds, thresholds)) await call.applyTask(project, task.id, thresholds)
    },
    onSuccess: () => {
      modals.close('edit-task')
      tell(`${now.name.trim()} is changed.`)
      moved(project, 'tasks', 'inputs', 'concepts')
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        {save.error && (
          <Alert color="red" variant="light" p="sm" title="Not all of it was changed">
            {save.error.message}
          </Alert>
        )}
        <TextInput label="Name" data-autofocus maxLength={200} value={now.name} onChange={({ currentTarget }) => change({ name: currentTarget.value })} />
        {task.review === 'none' ? (
          <Text size="sm" c="dimmed">
            Nobody reviews this task.
          </Text>
        ) : (
          <People
            label="Reviewers"
            description={task.review === 'even' ? 'What is open is shared out anew among them; what is done stays.' : 'All of them see what is open; votes that were given stay.'}
            placeholder="Nobody: what needs a reviewer waits"
            from={members.filter(mayReview)}
            value={now.reviewers}
            change={(reviewers) => change({ reviewers, agree: now.agree === null ? null : Math.min(now.agree, Math.max(1, reviewers.length)) })}
          />
        )}
        {task.review === 'stacked' && <Agree value={now.agree} of={now.reviewers.length} change={(agree) => change({ agree })} />}
        <People label="Labelers" description="They label what comes out empty or failed." placeholder="Nobody" from={members.filter(mayLabel)} value={now.labelers} change={(labelers) => change({ labelers })} />
        <Checkbox label="Somebody else reviews what they label" checked={now.checked} onChange={({ currentTarget }) => change({ checked: currentTarget.checked })} />
        <PriorityChoice value={now.priority} change={(priority) => change({ priority })} />
        <Asked project={project} task={task} value={now.concepts} change={(concepts) => change({ concepts })} />
        {task.model !== null && (
          <Stack gap="xs" role="group" aria-labelledby="edit-thresholds">
            <Text size="sm" fw="var(--mantine-font-weight-medium)" id="edit-thresholds">
              Decision threshold
            </Text>
            <DecisionThreshold concepts={now.concepts} value={now.limits} each={each} least={task.floor} change={(limits) => change({ limits })} choose={setEach} asked={(open) => modals.updateModal({ modalId: 'edit-task', closeOnEscape: !open })} />
          </Stack>
        )}
        <Textarea label="Instructions" description="Shown to those who label." autosize minRows={2} maxRows={6} maxLength={10_000} value={now.instructions} onChange={({ currentTarget }) => change({ instructions: currentTarget.value })} />
        <Group justify="flex-end" className="dialog-foot">
          <Button variant="default" onClick={() => modals.close('edit-task')}>
            Cancel
          </Button>
          <Button type="submit" disabled={now.name.trim() === '' || now.concepts.length === 0} loading={save.isPending}>
            Save Changes
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface AskedProps {
  project: number
  task: Task
  value: string[]
  change: (concepts: string[]) => void
}

/** What the task asks for: of a model what it can say, of people anything. */
function Asked({ project, task, value, change }: AskedProps) {
  const models = useModels(project).data?.items ?? []
  const mapping = useMapping(project, task.model).data ?? {}
  const concepts = useConcepts(project).data ?? []
  const words = { label: 'Concepts', description: 'They hold for the inputs that are not done yet.', classNames: { pillsList: 'pills' }, value, onChange: change }
  if (task.model === null) return <TagsInput {...words} data={concepts} />
  const offered = (models.find(({ name }) => name === task.model)?.concepts ?? []).map((one) => mapping[one] ?? one)
  return <MultiSelect {...words} searchable hidePickedOptions limit={100} data={[...new Set([...task.concepts, ...offered])]} nothingFoundMessage={`${task.model} says nothing like that.`} />
}

type Now = Required<Pick<Task, 'name' | 'agree' | 'checked' | 'priority' | 'concepts' | 'instructions'>> & { reviewers: number[]; labelers: number[] }

/** Only what is different is sent. */
function different(task: Task, now: Now): ChangedTask {
  return {
    ...(now.name.trim() === task.name ? {} : { name: now.name.trim() }),
    ...(same(now.reviewers, ids(task.reviewers)) ? {} : { reviewers: now.reviewers }),
    ...(same(now.labelers, ids(task.labelers)) ? {} : { labelers: now.labelers }),
    ...(now.agree === task.agree ? {} : { agree: now.agree }),
    ...(now.checked === task.checked ? {} : { checked: now.checked }),
    ...(now.priority === task.priority ? {} : { priority: now.priority }),
    ...(same(now.concepts, task.concepts) ? {} : { concepts: now.concepts }),
    ...(now.instructions === task.instructions ? {} : { instructions: now.instructions }),
  }
}

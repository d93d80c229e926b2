import { Button, Group, Menu, Radio, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconCopy, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh, IconStack2, IconTrash } from '@tabler/icons-react'
import { type ReactElement, useState } from 'react'

import * as call from '../api/calls'
import { moved } from '../api/moved'
import type { Part, TaskHead } from '../api/types'
import { useTaskPeople } from '../api/queries'
import { copied } from './copied'
import { editTask } from './EditTask'
import { tell, tellFault } from './states'
import { leftOut, many, retried } from './words'

/** What one can do to a task, the same from the table and from its own page. */
export function TaskMenu({ project, task, mayChange, gone, children }: { project: number; task: TaskHead; mayChange: boolean; gone?: () => void; children: ReactElement }) {
  const act = (done: Promise<unknown>, said?: string): void => {
    done.then(
      () => {
        if (said) tell(said)
        moved(project, 'tasks')
      },
      tellFault,
    )
  }
  const remove = (annotations: 'keep' | 'delete'): void => {
    const done = call.deleteTask(project, task.id, annotations).then(() => {
      gone?.()
      moved(project, 'inputs', 'projects')
    })
    act(done, `${task.name} is deleted.`)
  }
  const freeze = async (): Promise<void> => {
    try {
      const made = await call.createVersion(project, task.id)
      tell(`Version ${made.number} of ${task.dataset}: ${many(made.annotations, 'annotation')} on ${many(made.inputs, 'input')}. Left out: ${leftOut(made.left_out)}.`)
      moved(project, 'tasks', 'datasets')
    } catch (error) {
      tellFault(error as Error)
    }
  }
  const stopped = task.status === 'cancelled' || task.status === 'failed'
  const rests = stopped || task.paused
  return (
    <Menu position="bottom-end" width={244}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => act(copied(String(task.id)), `Task ID ${task.id} is on the clipboard.`)}>
          Copy task ID
        </Menu.Item>
        {mayChange && (
          <>
            <Menu.Item leftSection={<IconStack2 size={15} />} onClick={() => void freeze()}>
              Create new dataset version
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => editTask(project, task.id)}>
              Edit
            </Menu.Item>
            <Menu.Item leftSection={<IconRefresh size={15} />} disabled={task.failed === 0} onClick={() => act(call.retryTask(project, task.id), retried(task))}>
              Retry {task.failed > 0 ? many(task.failed, 'failed input') : 'failed'}
            </Menu.Item>
            {rests ? (
              <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => act(call.resumeTask(project, task.id), `${task.name} goes on.`)}>
                Resume
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPause size={15} />} disabled={task.status === 'complete'} onClick={() => act(call.pauseTask(project, task.id), 'Paused. What is under way is finished first.')}>
                Pause
              </Menu.Item>
            )}
            {!stopped && (
              <Menu.Item leftSection={<IconPlayerStop size={15} />} disabled={task.status === 'complete'} onClick={() => act(call.cancelTask(project, task.id), 'Cancelled. What it made so far stays.')}>
                Cancel
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item color="var(--lm-alarm)" leftSection={<IconTrash size={15} />} onClick={() => modals.open({ title: `Delete ${task.name}?`, children: <DeleteForm project={project} task={task.id} go={remove} /> })}>
              Delete
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

/** What of people goes with a task's annotations. */
function byPeople(people: readonly Part[]): string {
  const reviewed = people.reduce((sum, { done }) => sum + done, 0)
  const labeled = people.reduce((sum, one) => sum + one.labeled, 0)
  if (reviewed + labeled === 0) return 'Nobody has reviewed or labeled anything in it so far.'
  const said = [...(reviewed > 0 ? [`${many(reviewed, 'review')} of an input`] : []), ...(labeled > 0 ? [`${many(labeled, 'input')} labeled by hand`] : [])]
  return `The work of ${people.filter(({ done, labeled: more }) => done + more > 0).map(({ name }) => name).join(', ')} goes, too: ${said.join(' and ')}.`
}

function DeleteForm({ project, task, go }: { project: number; task: number; go: (annotations: 'keep' | 'delete') => void }) {
  const [what, setWhat] = useState('keep')
  const people = useTaskPeople(project, task).data
  return (
    <Stack>
      <Radio.Group label="Its annotations" value={what} onChange={setWhat}>
        <Stack gap="xs" mt="xs">
          <Radio value="keep" label="stay on the inputs" />
          <Radio value="delete" label="are deleted with it, also those that people made or changed" description={people && byPeople(people)} />
        </Stack>
      </Radio.Group>
      <Text size="xs" c="dimmed">
        Inputs and the dataset stay either way. This cannot be undone.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => modals.closeAll()}>
          Cancel
        </Button>
        <Button
          color="red"
          onClick={() => {
            modals.closeAll()
            go(what === 'keep' ? 'keep' : 'delete')
          }}
        >
          Delete task
        </Button>
      </Group>
    </Stack>
  )
}

import { Button, Group, Select, Text, Title } from '@mantine/core'
import { useNavigate, useSearchParams } from 'react-router'

import { archiveProject, renameProject } from '../api/calls'
import { client } from '../api/client'
import { moved } from '../api/moved'
import { useMembers, useProject } from '../api/queries'
import { askName, confirm } from '../parts/dialogs'
import { PageHead, tellFault, Trouble, Waiting } from '../parts/states'
import { Timeline } from '../parts/TaskTeam'
import { useId } from './place'

export function Component() {
  const project = useId('project')
  const found = useProject(project)
  const navigate = useNavigate()
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The project" again={() => void found.refetch()} />
  const { name, role, archived_at } = found.data
  const archived = archived_at !== null
  const again = async (): Promise<void> => {
    moved(project, 'tasks') // with what happened
    await client.invalidateQueries({ queryKey: ['projects'] })
  }
  const archive = (): void => {
    archiveProject(project, !archived).then(async () => {
      await again()
      if (!archived) void navigate('/projects')
    }, tellFault)
  }
  return (
    <>
      <PageHead title="Settings" />
      <div className="page-body">
        <section className="card" aria-label="Project" style={{ marginBottom: 14 }}>
          <Title order={2} mb="xs">
            {name}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            You are {role} of this project.
          </Text>
          {role === 'owner' && (
            <Group gap="xs">
              <Button variant="default" onClick={() => askName('Rename project', 'Rename', name, (to) => void renameProject(project, to).then(again, tellFault))}>
                Rename
              </Button>
              {archived ? (
                <Button variant="default" onClick={archive}>
                  Take out of the archive
                </Button>
              ) : (
              <Button variant="default" onClick={() => confirm(`Archive ${name}?`, 'It leaves the list of projects, and nothing of it is deleted. It can be taken out of the archive.', 'Archive', archive)}>
                Archive
              </Button>
              )}
            </Group>
          )}
        </section>
        <Activity project={project} />
      </div>
    </>
  )
}

/** All that happened in the project, or what one person did; who that is stands in the address. */
function Activity({ project }: { project: number }) {
  const members = useMembers(project).data?.items ?? []
  const [search, setSearch] = useSearchParams()
  const person = members.find(({ id }) => String(id) === search.get('person'))?.id ?? null
  const choice = (
    <Select
      size="xs"
      aria-label="Person"
      placeholder="Everybody"
      clearable
      searchable
      data={members.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={person === null ? null : String(person)}
      onChange={(to) => setSearch(to === null ? {} : { person: to }, { replace: true })}
    />
  )
  return <Timeline project={project} task={null} person={person} choice={choice} />
}

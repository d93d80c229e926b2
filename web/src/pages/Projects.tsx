import { ActionIcon, Badge, Button, Menu, SegmentedControl, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconArchive, IconArchiveOff, IconDots, IconFolders, IconPencil, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'

import { archiveProject, createProject, renameProject } from '../api/calls'
import { client } from '../api/client'
import { useProjects } from '../api/queries'
import type { Project } from '../api/types'
import { askName } from '../parts/dialogs'
import { Empty, PageHead, tellFault, Trouble, Waiting } from '../parts/states'
import { date, whole } from '../parts/words'

const again = (): Promise<void> => client.invalidateQueries({ queryKey: ['projects'] })

export function Component() {
  const [archived, setArchived] = useState(false)
  const found = useProjects(archived)
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: createProject,
    onError: tellFault,
    onSuccess: async ({ id }) => {
      await again()
      void navigate(`/projects/${id}/inputs`)
    },
  })
  const button = (
    <Button leftSection={<IconPlus size={16} />} loading={create.isPending} onClick={() => askName('New project', 'Create project', '', create.mutate)}>
      New project
    </Button>
  )
  return (
    <>
      <PageHead title="Projects">
        <SegmentedControl
          size="xs"
          aria-label="Which projects"
          value={archived ? 'archived' : 'open'}
          onChange={(value) => setArchived(value === 'archived')}
          data={[
            { value: 'open', label: 'Open' },
            { value: 'archived', label: 'Archived' },
          ]}
        />
        {button}
      </PageHead>
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The projects" again={() => void found.refetch()} />}
      {found.data?.length === 0 &&
        (archived ? (
          <Empty icon={<IconArchive size={36} stroke={1.4} />} title="Nothing is archived">
            Archive a project that is finished: it leaves the list, and nothing of it is deleted.
          </Empty>
        ) : (
          <Empty icon={<IconFolders size={36} stroke={1.4} />} title="Start with a project" action={button}>
            A project holds your images and texts, what they may be called, and the tasks that label them.
          </Empty>
        ))}
      {found.data && found.data.length > 0 && <Projects items={found.data} />}
    </>
  )
}

function Projects({ items }: { items: Project[] }) {
  return (
    <div className="page-body">
      <div className="card" style={{ padding: 0 }}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th ta="right">Inputs</Table.Th>
              <Table.Th ta="right">Labeling tasks</Table.Th>
              <Table.Th>Your role</Table.Th>
              <Table.Th>Made on</Table.Th>
              <Table.Th w={50}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  <Link className="row-link" to={`/projects/${one.id}/inputs`}>
                    {one.name}
                  </Link>
                </Table.Td>
                <Table.Td ta="right">{whole(one.inputs)}</Table.Td>
                <Table.Td ta="right">{whole(one.tasks)}</Table.Td>
                <Table.Td>
                  <Badge variant="default" size="sm" radius="sm" tt="none">
                    {one.role}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed">
                    {date(one.created_at)}
                  </Text>
                </Table.Td>
                <Table.Td>{one.role === 'owner' && <RowMenu one={one} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  )
}

function RowMenu({ one }: { one: Project }) {
  const archived = one.archived_at !== null
  const rename = useMutation({ mutationFn: (name: string) => renameProject(one.id, name), onSuccess: again, onError: tellFault })
  const archive = useMutation({ mutationFn: () => archiveProject(one.id, !archived), onSuccess: again, onError: tellFault })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${one.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => askName('Rename project', 'Rename', one.name, rename.mutate)}>
          Rename
        </Menu.Item>
        <Menu.Item leftSection={archived ? <IconArchiveOff size={15} /> : <IconArchive size={15} />} onClick={() => archive.mutate()}>
          {archived ? 'Take out of the archive' : 'Archive'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

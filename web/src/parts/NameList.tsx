import { ActionIcon, Button, Group, Menu, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconDots, IconPencil, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'

import { moved, type Noun } from '../api/moved'
import { askName, confirm } from './dialogs'
import { tellFault } from './states'
import { many, whole } from './words'

interface Named {
  id: number
  name: string
}

/** What a page of named things does with them; `noun` as in "New dataset". */
export interface Naming {
  noun: string
  project: number
  moves: Noun
  create: (name: string) => Promise<unknown>
  rename: (id: number, name: string) => Promise<unknown>
  remove: (id: number) => Promise<unknown>
  lost: string
}

const does = (naming: Naming, done: Promise<unknown>): void => {
  done.then(() => moved(naming.project, naming.moves, 'tasks'), tellFault)
}

export function NewButton({ naming }: { naming: Naming }) {
  return (
    <Button leftSection={<IconPlus size={16} />} onClick={() => askName(`New ${naming.noun}`, `Create ${naming.noun}`, '', (name) => does(naming, naming.create(name)))}>
      New {naming.noun}
    </Button>
  )
}

/** So many rows are drawn at once; with more than a few one can search. */
const MOST = 100
const FEW = 12

/** A table of named things, each with what one may do to it; `cells` are the columns behind the name. */
export function NameList<T extends Named>({ items, naming, mayChange, columns, cells }: { items: T[]; naming: Naming; mayChange: boolean; columns: { name: string; right?: true }[]; cells: (one: T) => ReactNode }) {
  const [sought, setSought] = useState('')
  const [most, setMost] = useState(MOST)
  const found = items.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()))
  return (
    <>
      {items.length > FEW && (
        <Group mb="sm" gap="sm">
          <TextInput aria-label={`Search ${naming.noun}s`} placeholder={`Search ${naming.noun}s`} size="xs" w={260} leftSection={<IconSearch size={14} />} value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />
          <Text size="xs" c="dimmed" className="numbers" role="status">
            {found.length === items.length ? many(items.length, naming.noun) : `${whole(found.length)} of ${many(items.length, naming.noun)}`}
          </Text>
        </Group>
      )}
      <div className="card" style={{ padding: 0, overflowX: 'auto' }}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              {columns.map(({ name, right }) => (
                <Table.Th key={name} ta={right && 'right'}>
                  {name}
                </Table.Th>
              ))}
              <Table.Th w={50}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.slice(0, most).map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td className="breaks">{one.name}</Table.Td>
                {cells(one)}
                <Table.Td>{mayChange && <RowMenu one={one} naming={naming} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            No {naming.noun} is called that.
          </Text>
        )}
        {found.length > most && (
          <Button size="xs" variant="default" m="sm" onClick={() => setMost(most + MOST)}>
            Show more
          </Button>
        )}
      </div>
    </>
  )
}

function RowMenu({ one, naming }: { one: Named; naming: Naming }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${one.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => askName(`Rename ${naming.noun}`, 'Rename', one.name, (name) => does(naming, naming.rename(one.id, name)))}>
          Rename
        </Menu.Item>
        <Menu.Item
          color="var(--lm-alarm)"
          leftSection={<IconTrash size={15} />}
          onClick={() => confirm(`Delete ${one.name}?`, naming.lost, `Delete ${naming.noun}`, () => does(naming, naming.remove(one.id)))}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

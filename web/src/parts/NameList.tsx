import { ActionIcon, Button, Menu, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { type ReactNode } from 'react'

import { moved, type Noun } from '../api/moved'
import { askName, confirm } from './dialogs'
import { tellFault } from './states'
import { whole } from './words'

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

/** A table of named things, each with what one may do to it; `cells` are the columns behind the name; `cut`: there are more. */
export function NameList<T extends Named>({ items, naming, mayChange, cut, columns, cells }: { items: T[]; naming: Naming; mayChange: boolean; cut: boolean; columns: string[]; cells: (one: T) => ReactNode }) {
  return (
    <div className="card" style={{ padding: 0, overflowX: 'auto' }}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
            <Table.Th w={50}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td className="breaks">{one.name}</Table.Td>
              {cells(one)}
              <Table.Td>{mayChange && <RowMenu one={one} naming={naming} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {cut && (
        <Text size="xs" c="dimmed" p="sm">
          These are the first {whole(items.length)}; there are more.
        </Text>
      )}
    </div>
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
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => confirm(`Delete ${one.name}?`, naming.lost, `Delete ${naming.noun}`, () => does(naming, naming.remove(one.id)))}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

import { Badge, Table, Text } from '@mantine/core'

import { useMe, useMembers } from '../api/queries'
import type { Member } from '../api/types'
import { PageHead, Trouble, Waiting } from '../parts/states'
import { whole } from '../parts/words'
import { useId } from './place'

const MAY: Record<Member['role'], string> = {
  owner: 'may do everything, archive the project as well',
  admin: 'may change inputs, models and tasks',
  labeler: 'labels what tasks ask for',
  reviewer: 'decides what tasks are not sure of',
  viewer: 'may look at everything',
}

export function Component() {
  const found = useMembers(useId('project'))
  const me = useMe().data?.id
  return (
    <>
      <PageHead title="Members" note={found.data && whole(found.data.items.length)} />
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The members" again={() => void found.refetch()} />}
      {found.data && (
        <div className="page-body">
          <div className="card" style={{ padding: 0 }}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>What that means</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.data.items.map(({ id, name, role }) => (
                  <Table.Tr key={id}>
                    <Table.Td>
                      {name}
                      {id === me && (
                        <Text component="span" size="xs" c="dimmed">
                          {' '}
                          you
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      <Badge variant="default" size="sm" radius="sm" tt="none">
                        {role}
                      </Badge>
                    </Table.Td>
                    <Table.Td>
                      <Text size="sm" c="dimmed">
                        {MAY[role]}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </div>
      )}
    </>
  )
}

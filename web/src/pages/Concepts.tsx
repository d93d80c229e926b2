import { Table } from '@mantine/core'
import { IconTags } from '@tabler/icons-react'

import { createConcept, deleteConcept, renameConcept } from '../api/calls'
import { useConceptList } from '../api/queries'
import { NameList, type Naming, NewButton } from '../parts/NameList'
import { Empty, PageHead, Trouble, Waiting } from '../parts/states'
import { date } from '../parts/words'
import { useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const mayChange = useMayChange(project)
  const found = useConceptList(project)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The concepts" again={() => void found.refetch()} />
  const naming: Naming = {
    noun: 'concept',
    project,
    moves: 'concepts',
    create: (name) => createConcept(project, name),
    rename: (id, name) => renameConcept(project, id, name),
    remove: (id) => deleteConcept(project, id),
    lost: 'Only a concept that no task and no annotation uses can be deleted.',
  }
  const items = found.data
  return (
    <>
      <PageHead title="Concepts">{mayChange && <NewButton naming={naming} />}</PageHead>
      <div className="page-body">
        {items.length === 0 ? (
          <Empty icon={<IconTags size={36} stroke={1.4} />} title="No concept yet" action={mayChange && <NewButton naming={naming} />}>
            A concept is what can be said of an input or a region, such as “pants”. Tasks with a model bring theirs.
          </Empty>
        ) : (
          <NameList items={items} naming={naming} mayChange={mayChange} columns={[{ name: 'Made on' }]} cells={(one) => <Table.Td>{date(one.created_at)}</Table.Td>} />
        )}
      </div>
    </>
  )
}

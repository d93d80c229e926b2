import { Autocomplete, Badge, Button, Table, Text, TextInput } from '@mantine/core'
import { useState } from 'react'

import { asked, type Chosen, fresh, listed, type Mapping, renamed } from './draft'
import { many, whole } from './words'

interface Props {
  draft: Chosen
  /** The concepts that the project has. */
  known: readonly string[]
  change: (mapping: Mapping) => void
}

/** More fields at once would be slow to open, and nobody reads on. */
const MOST = 60

/** What the model calls things and what the project calls them, many to one; what is new to the project is said here. */
export function MappingTable({ draft, known, change }: Props) {
  const [open, setOpen] = useState(false)
  const [sought, setSought] = useState('')
  const { concepts, mapping, model } = draft
  if (concepts.length === 0) return null
  const mapped = concepts.filter((one) => (mapping[one] ?? one) !== one).length
  const found = concepts.filter((one) => `${one} ${mapping[one] ?? ''}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <section aria-label="Mapping">
      <Text size="sm" role="status">
        {mapped > 0 ? `${many(mapped, 'concept is', 'concepts are')} called otherwise in this project. ` : ''}
        {told(draft, known)}{' '}
        <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the mapping' : 'Map to the project’s concepts'}
        </Button>
      </Text>
      {open && (
        <>
          {concepts.length > 10 && <TextInput mt="sm" size="xs" maw={260} aria-label="Search the mapping" placeholder="Search concepts" value={sought} onChange={({ currentTarget }) => setSought(currentTarget.value)} />}
          <Table mt="xs" verticalSpacing={4} layout="fixed" maw={620}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{model?.name} says</Table.Th>
                <Table.Th>In this project</Table.Th>
                <Table.Th w={70} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.slice(0, MOST).map((one) => (
                <Row key={one} concept={one} to={mapping[one] ?? one} known={known} change={(to) => change(renamed(mapping, one, to))} />
              ))}
            </Table.Tbody>
          </Table>
          {found.length > MOST && (
            <Text size="xs" c="dimmed" mt={4}>
              The first {MOST} of {whole(found.length)}: search for the others.
            </Text>
          )}
        </>
      )}
    </section>
  )
}

/** What becomes of concepts that the project does not know, before anything is started. */
function told(draft: Chosen, known: readonly string[]): string {
  const made = fresh(draft, known)
  const all = asked(draft).length
  if (made.length === 0) return all === 1 ? 'The project has this concept already.' : `The project has all ${whole(all)} already.`
  if (made.length === all) return all === 1 ? `${made[0]} is new to this project and is made with the task.` : `All ${whole(all)} are new to this project and are made with the task.`
  return `New to this project, made with the task: ${listed(made, 6)}.`
}

function Row({ concept, to, known, change }: { concept: string; to: string; known: readonly string[]; change: (to: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null)
  const take = (said: string): void => {
    setTyped(null)
    change(said)
  }
  return (
    <Table.Tr>
      <Table.Td className="ellipsis" title={concept}>
        {concept}
      </Table.Td>
      <Table.Td>
        <Autocomplete
          size="xs"
          aria-label={`${concept} in this project`}
          maxLength={200}
          limit={50}
          data={[...known]}
          value={typed ?? to}
          onChange={setTyped}
          onOptionSubmit={take}
          onBlur={() => typed !== null && take(typed)}
        />
      </Table.Td>
      <Table.Td>
        {!known.includes(to) && (
          <Badge variant="default" size="sm" radius="sm" tt="none">
            new
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

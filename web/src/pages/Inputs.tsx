import { Button, Group, Menu, Select, SegmentedControl, Slider, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { IconClipboardText, IconFolder, IconServer, IconPhotoPlus, IconTrash, IconUpload, IconX } from '@tabler/icons-react'
import { type DragEvent, useCallback, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { InputsControls } from '../actions'
import { deleteInputs, thumbnailOf } from '../api/calls'
import { forgetInputs, renewInputs, useInputCount, useInputs } from '../api/inputs'
import { useInputsMoved } from '../api/moved'
import { useDatasets, useTasks } from '../api/queries'
import type { Input } from '../api/types'
import type { Grid } from '../grid/grid'
import type { Look } from '../grid/tile'
import { useControls } from '../parts/controls'
import { confirm } from '../parts/dialogs'
import { GridView } from '../parts/GridView'
import { ImportFolder } from '../parts/ImportFolder'
import { Imports } from '../parts/Imports'
import { Empty, PageHead, tell, tellFault, Trouble, Waiting } from '../parts/states'
import { chosenOf, dropped, startUpload } from '../parts/uploads'
import { many, whole } from '../parts/words'
import { PasteText } from './PasteText'
import { useColours, useFilter, useId, useMayChange } from './place'

export function Component() {
  const project = useId('project')
  const [filter, setFilter, search] = useFilter()
  const found = useInputs(project, filter)
  const total = useInputCount(project, filter)
  const navigate = useNavigate()
  const colour = useColours(project)
  const mayChange = useMayChange(project)
  const [size, setSize] = useState(() => Number(localStorage.getItem('labelmill-tile')) || 170)
  const [selected, setSelected] = useState<Input[]>([])
  const grid = useRef<Grid | null>(null)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const dataset = useDatasets(project).data?.find(({ id }) => String(id) === filter.dataset_id)?.name ?? ''

  const items = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data])
  const look = useMemo<Look>(
    () => ({
      thumbnail: ({ id }, longer) => thumbnailOf(project, id, longer),
      open: ({ id }) => `/projects/${project}/inputs/${id}${search}`,
      colour,
      removable: mayChange,
    }),
    [project, search, colour, mayChange],
  )
  const removal = useMutation({
    mutationFn: async (ids: number[]) => {
      for (let at = 0; at < ids.length; at += 1000) await deleteInputs(project, ids.slice(at, at + 1000))
      return ids
    },
    onError: tellFault,
    onSuccess: (ids) => {
      grid.current?.select('none')
      tell(`${many(ids.length, 'input')} deleted.`)
      forgetInputs(project, new Set(ids))
    },
  })
  const { mutate: removeThem } = removal
  const askRemove = useCallback(
    (which: readonly Input[]) =>
      confirm(
        which.length === 1 ? `Delete ${which[0]?.name}?` : `Delete ${many(which.length, 'input')}?`,
        'What is said of them goes as well, in all datasets and tasks. This cannot be undone.',
        'Delete',
        () => removeThem(which.map(({ id }) => id)),
      ),
    [removeThem],
  )
  const paste = useCallback(() => modals.open({ title: 'Paste text', size: 'lg', children: <PasteText project={project} dataset={dataset} /> }), [project, dataset])
  const importing = useCallback(() => modals.open({ title: 'Import from the server', size: 'lg', children: <ImportFolder project={project} dataset={dataset} /> }), [project, dataset])
  useInputsMoved(useCallback(() => renewInputs(project, filter, grid.current?.seen() ?? [0, 0]), [project, filter]))
  const more = (): void => {
    if (found.hasNextPage && !found.isFetching) void found.fetchNextPage()
  }
  useControls(
    'inputs',
    useMemo<InputsControls>(
      () => ({
        upload: () => files.current?.click(),
        paste,
        importing,
        selectAll: () => grid.current?.select('all'),
        selectNone: () => grid.current?.select('none'),
        remove: () => askRemove(selected),
        selected: selected.length,
        mayChange,
      }),
      [paste, importing, askRemove, selected, mayChange],
    ),
  )

  const take = (list: FileList | null): void => void (list && startUpload(project, chosenOf(list), dataset))
  const buttons = mayChange && (
    <>
      <Button variant="default" leftSection={<IconClipboardText size={16} />} onClick={paste}>
        Paste text
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconUpload size={16} />}>Upload</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPhotoPlus size={15} />} onClick={() => files.current?.click()}>
            Files: pictures, texts, zip, csv, jsonl
          </Menu.Item>
          <Menu.Item leftSection={<IconFolder size={15} />} onClick={() => folder.current?.click()}>
            A folder with all that is in it
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconServer size={15} />} onClick={importing}>
            From a folder of the server
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input ref={files} type="file" multiple hidden aria-label="Files" onChange={({ currentTarget }) => take(currentTarget.files)} />
      <input ref={folder} type="file" hidden aria-label="Folder" {...{ webkitdirectory: '' }} onChange={({ currentTarget }) => take(currentTarget.files)} />
    </>
  )
  const filtered = Object.keys(filter).length > 0

  return (
    <Dropping active={mayChange} drop={(transfer) => void dropped(transfer).then((chosen) => startUpload(project, chosen, dataset))}>
      <PageHead title="Inputs" note={total.data && whole(total.data.count)}>
        {buttons}
      </PageHead>
      {(filtered || items.length > 0 || found.isPending) && (
        <Filters project={project} filter={filter} setFilter={setFilter}>
          <Slider
            className="tile-size"
            aria-label="Size of pictures"
            thumbLabel="Size of pictures"
            w={120}
            size="sm"
            min={90}
            max={360}
            label={null}
            value={size}
            onChange={setSize}
            onChangeEnd={(value) => localStorage.setItem('labelmill-tile', String(value))}
          />
        </Filters>
      )}
      {mayChange && <Imports project={project} />}
      {found.isPending && <Waiting />}
      {found.error && <Trouble error={found.error} what="The inputs" again={() => void found.refetch()} {...(filtered ? { back: { to: `/projects/${project}/inputs`, label: 'Show all inputs' } } : {})} />}
      {found.data && items.length === 0 && (
        <Empty
          icon={<IconPhotoPlus size={36} stroke={1.4} />}
          title={filtered ? 'No input is like that' : mayChange ? 'Drop your pictures and texts here' : 'This project has no inputs yet'}
          action={
            filtered ? (
              <Button onClick={() => setFilter({ dataset_id: '', task_id: '', kind: '' })}>Show all inputs</Button>
            ) : mayChange ? (
              <Group gap="xs" justify="center">
                <Button onClick={() => files.current?.click()}>Choose files</Button>
                <Button variant="default" onClick={() => folder.current?.click()}>
                  Choose a folder
                </Button>
                <Button variant="default" onClick={importing}>
                  Import from the server
                </Button>
              </Group>
            ) : null
          }
        >
          {filtered ? 'The filters leave nothing.' : mayChange ? 'Files, whole folders, zip archives, csv and jsonl tables. What is there already is not stored twice.' : 'An owner or admin of the project can bring some.'}
        </Empty>
      )}
      {items.length > 0 && (
        <GridView
          items={items}
          size={size}
          look={look}
          gridRef={grid}
          name={`${project}${search}`}
          events={{ open: (input) => void navigate(look.open(input)), remove: askRemove, selected: setSelected, more }}
        />
      )}
      {selected.length > 0 && (
        <div className="selection-bar" role="toolbar" aria-label="Selected inputs">
          <Text size="sm" fw={600} className="numbers">
            {whole(selected.length)} selected
          </Text>
          {mayChange && (
            <Button size="xs" variant="light" color="red" leftSection={<IconTrash size={15} />} loading={removal.isPending} onClick={() => askRemove(selected)}>
              Delete
            </Button>
          )}
          <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={15} />} onClick={() => grid.current?.select('none')}>
            Clear
          </Button>
        </div>
      )}
    </Dropping>
  )
}

type FiltersProps = { project: number; filter: ReturnType<typeof useFilter>[0]; setFilter: ReturnType<typeof useFilter>[1]; children: React.ReactNode }

function Filters({ project, filter, setFilter, children }: FiltersProps) {
  const datasets = useDatasets(project).data ?? []
  const tasks = useTasks(project).data?.pages.flatMap(({ items }) => items) ?? []
  const options = (list: { id: number; name: string }[]) => list.map(({ id, name }) => ({ value: String(id), label: name }))
  return (
    <div className="bar">
      <Select aria-label="Dataset" placeholder="All datasets" size="xs" w={190} clearable searchable data={options(datasets)} value={filter.dataset_id ?? null} onChange={(value) => setFilter({ dataset_id: value ?? '' })} />
      <Select aria-label="Labeling task" placeholder="All labeling tasks" size="xs" w={210} clearable searchable data={options(tasks)} value={filter.task_id ?? null} onChange={(value) => setFilter({ task_id: value ?? '' })} />
      <SegmentedControl
        size="xs"
        aria-label="Kind"
        value={filter.kind ?? ''}
        onChange={(value) => setFilter({ kind: value })}
        data={[
          { value: '', label: 'All' },
          { value: 'image', label: 'Images' },
          { value: 'text', label: 'Texts' },
        ]}
      />
      <span style={{ flex: 1 }} />
      {children}
    </div>
  )
}

/** The whole page takes what is dropped on it. */
function Dropping({ active, drop, children }: { active: boolean; drop: (transfer: DataTransfer) => void; children: React.ReactNode }) {
  const [over, setOver] = useState(0)
  const carries = (event: DragEvent): boolean => active && event.dataTransfer.types.includes('Files')
  return (
    <div
      className="frame"
      onDragEnter={(event) => carries(event) && setOver((depth) => depth + 1)}
      onDragLeave={(event) => carries(event) && setOver((depth) => depth - 1)}
      onDragOver={(event) => carries(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!carries(event)) return
        event.preventDefault()
        setOver(0)
        drop(event.dataTransfer)
      }}
    >
      {children}
      {over > 0 && (
        <div className="drop">
          <Text size="lg" fw={600}>
            Let go to upload
          </Text>
        </div>
      )}
    </div>
  )
}

/** The bridge from pages to the table of actions: what a page hands in here, toolbar, palette, keys and help can use. */
import { createSpotlight, Spotlight, type SpotlightActionData, useSpotlight } from '@mantine/spotlight'
import { ActionIcon, Kbd, Tooltip, useMantineColorScheme, useComputedColorScheme } from '@mantine/core'
import { shallowEqual, useDisclosure, useLocalStorage } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { createContext, memo, type ReactElement, type ReactNode, use, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useLocation, useNavigate } from 'react-router'

import { action, type Action, type ActionId, ACTIONS, actionFor, type Context, keyName, pressed } from '../actions'
import { signOut } from '../api/calls'
import { client } from '../api/client'
import { useProjects, useTasks } from '../api/queries'
import { useMayChange } from '../pages/place'
import { Board } from './board'
import { Help } from './Help'

type Parts = Pick<Context, 'viewer' | 'inputs' | 'work' | 'review' | 'grid' | 'label' | 'last'>

const BARE: Parts = { viewer: null, inputs: null, work: null, review: null, grid: null, label: null, last: null }
const [store, spotlight] = createSpotlight()

const Bridge = createContext<{ board: Board; folded: boolean } | null>(null)

function useBridge() {
  const bridge = use(Bridge)
  if (bridge === null) throw new Error('outside of ActionsProvider')
  return bridge
}

export function projectIn(path: string): number | null {
  const found = /^\/projects\/(\d+)/.exec(path)
  return found === null ? null : Number(found[1])
}

export function ActionsProvider({ children }: { children: ReactNode }) {
  const [helping, help] = useDisclosure(false)
  const [folded, setFolded] = useLocalStorage({ key: 'labelmill-sidebar-folded', defaultValue: window.innerWidth < 1100 })
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const project = projectIn(pathname)
  const makesTasks = useMayChange(project ?? 0)

  const everywhere = useMemo<Omit<Context, keyof Parts>>(
    () => ({
      project,
      makesTasks,
      go: (to) => void navigate(to),
      palette: spotlight.open,
      help: help.open,
      sidebar: () => setFolded((before) => !before),
      scheme: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark'),
      signOut: () =>
        void signOut().then(() => {
          client.clear()
          void navigate('/sign-in')
        }),
    }),
    [project, makesTasks, navigate, help.open, setFolded, setColorScheme, scheme],
  )
  const [board] = useState(() => new Board({ ...BARE, ...everywhere }))
  useLayoutEffect(() => board.put(everywhere), [board, everywhere])
  useKeys(board, helping)

  const value = useMemo(() => ({ board, folded }), [board, folded])
  return (
    <Bridge value={value}>
      {children}
      <Palette board={board} />
      <Help opened={helping} close={help.close} board={board} />
    </Bridge>
  )
}

/** What these keys do to a button or a link that has the focus comes first. */
const NATIVE: ReadonlySet<string> = new Set(['enter', 'space', 'tab', 'shift+tab'])

function useKeys(board: Board, off: boolean): void {
  const before = useRef({ key: '', at: 0 })
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      // browsers click again and again while Enter is held, and by then it is another button
      if (event.repeat && event.key === 'Enter' && (event.target as HTMLElement).closest('button, a') !== null) return event.preventDefault()
      if (off || event.defaultPrevented || event.altKey || document.querySelector('[role=dialog]') !== null) return
      const target = event.target as HTMLElement
      const typing = target.closest('input:not([type=checkbox]), textarea, select, [role=menu]') !== null
      const key = pressed(event)
      if (NATIVE.has(key) && target.closest('button, a, input, select, textarea, summary, [role=option], [role=tab]') !== null) return
      // a slider has the arrow keys for itself; letters and Enter mean what they mean beside it
      if (key.endsWith('tab') && target.closest('[role=slider]') !== null) return
      const lead = event.timeStamp - before.current.at < 900 ? before.current.key : ''
      before.current = { key, at: event.timeStamp }
      const found = actionFor(key, lead, board.now, typing)
      if (found === undefined) return
      event.preventDefault()
      if (!(event.repeat && found.once === true)) found.run(board.now, key)
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [board, off])
}

/** Hand a page's controls to the table of actions for as long as the page is shown. */
export function useControls<K extends keyof Parts>(which: K, controls: Parts[K]): void {
  const { board } = useBridge()
  // before anything is painted, so that a key never meets controls older than what is seen
  useLayoutEffect(() => board.put({ [which]: controls } as Partial<Parts>), [board, which, controls])
  useLayoutEffect(() => () => board.put({ [which]: null } as Partial<Parts>), [board, which])
}

export const useFolded = (): boolean => useBridge().folded

/** What can be done now, for those who do it without being drawn anew when it changes. */
export const useBoard = (): Board => useBridge().board

export function useAction(id: ActionId) {
  const { board } = useBridge()
  const one = action(id)
  const enabled = useSyncExternalStore(board.watch, () => one.enabled(board.now))
  const run = useCallback(
    ({ detail: clicks }: { detail: number }) => {
      if (!(clicks > 1 && one.once === true)) one.run(board.now, '')
    },
    [board, one],
  )
  const keys = one.keys.map(keyName).join(' or ')
  return { label: one.label, hint: keys === '' ? one.label : `${one.label} (${keys})`, enabled, run }
}

interface ButtonProps {
  id: ActionId
  icon: ReactElement<object>
}

// an icon is a new element whenever what is around it is drawn anew
const alike = (before: ButtonProps, now: ButtonProps): boolean => before.id === now.id && before.icon.type === now.icon.type && shallowEqual(before.icon.props, now.icon.props)

export const ActionButton = memo(function ActionButton({ id, icon }: ButtonProps) {
  const { hint, label, enabled, run } = useAction(id)
  return (
    <Tooltip label={hint}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} disabled={!enabled} onClick={run}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}, alike)

/** The same of plain elements, for what is made anew with a key: Mantine's take a third of a frame. */
export const PlainButton = memo(function PlainButton({ id, icon }: ButtonProps) {
  const { hint, label, enabled, run } = useAction(id)
  return (
    <button type="button" className="plain-button" title={hint} aria-label={label} disabled={!enabled} onClick={run}>
      {icon}
    </button>
  )
}, alike)

function Palette({ board }: { board: Board }) {
  const { opened } = useSpotlight(store)
  const now = useSyncExternalStore(board.watch, () => (opened ? board.now : null))
  const projects = useProjects().data ?? []
  const tasks = useTasks(now?.project ?? 0).data?.pages.flatMap(({ items }) => items) ?? []
  const places = (): SpotlightActionData[] => [
    ...tasks.map(({ id, name }) => ({ id: `task-${id}`, label: name, group: 'Labeling tasks', onClick: () => now?.go(`/projects/${now.project}/tasks/${id}`) })),
    ...projects.map(({ id, name }) => ({ id: `project-${id}`, label: name, group: 'Projects', onClick: () => now?.go(`/projects/${id}/inputs`) })),
  ]
  return (
    <Spotlight
      store={store}
      attributes={{ content: { 'aria-label': 'Commands' } }}
      actions={now === null ? [] : groups([...commands(now), ...places()])}
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0 }}
      transitionProps={{ duration: 120, exitDuration: 0 }}
      shortcut={null}
      highlightQuery
      nothingFound="Nothing is called that."
      searchProps={{ leftSection: <IconSearch size={16} />, placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
    />
  )
}

function commands(now: Context): SpotlightActionData[] {
  const found = ACTIONS.filter((one: Action) => one.id !== 'palette' && !('byKey' in one) && one.enabled(now))
  return found.map((one: Action) => ({
    id: one.id,
    label: one.label,
    group: one.group,
    rightSection: one.keys[0] === undefined ? undefined : <Kbd size="xs">{keyName(one.keys[0])}</Kbd>,
    onClick: () => one.run(now, ''),
  }))
}

function groups(found: SpotlightActionData[]) {
  const names = [...new Set(found.map(({ group }) => group as string))]
  return names.map((group) => ({ group, actions: found.filter((one) => one.group === group) }))
}

/** The bridge from pages to the table of actions: what a page hands in here, toolbar, palette, keys and help can use. */
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { ActionIcon, Kbd, Tooltip, useMantineColorScheme, useComputedColorScheme } from '@mantine/core'
import { useDisclosure, useLocalStorage } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { createContext, type ReactNode, use, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'

import { action, type Action, type ActionId, ACTIONS, actionFor, type Context, keyName, pressed } from '../actions'
import { signOut } from '../api/calls'
import { client } from '../api/client'
import { useProjects, useTasks } from '../api/queries'
import { Help } from './Help'

type Parts = Pick<Context, 'viewer' | 'inputs' | 'work' | 'review' | 'grid' | 'label'>

const Bridge = createContext<{ now: Context; set: (parts: Partial<Parts>) => void; folded: boolean } | null>(null)

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
  const [parts, setParts] = useState<Parts>({ viewer: null, inputs: null, work: null, review: null, grid: null, label: null })
  const [helping, help] = useDisclosure(false)
  const [folded, setFolded] = useLocalStorage({ key: 'labelmill-sidebar-folded', defaultValue: window.innerWidth < 1100 })
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const project = projectIn(pathname)

  const set = useCallback((more: Partial<Parts>) => setParts((before) => ({ ...before, ...more })), [])
  const now = useMemo<Context>(
    () => ({
      ...parts,
      project,
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
    [parts, project, navigate, help.open, setFolded, setColorScheme, scheme],
  )
  useKeys(now, helping)

  const value = useMemo(() => ({ now, set, folded }), [now, set, folded])
  return (
    <Bridge value={value}>
      {children}
      <Palette now={now} />
      <Help opened={helping} close={help.close} now={now} />
    </Bridge>
  )
}

/** What these keys do to a button or a link that has the focus comes first. */
const NATIVE: ReadonlySet<string> = new Set(['enter', 'space', 'tab', 'shift+tab'])

function useKeys(now: Context, off: boolean): void {
  const before = useRef({ key: '', at: 0 })
  // before anything is painted, so that a key never meets controls older than what is seen
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (off || event.defaultPrevented || event.altKey || document.querySelector('[role=dialog]') !== null) return
      const target = event.target as HTMLElement
      const typing = target.closest('input:not([type=checkbox]), textarea, select, [role=slider], [role=menu]') !== null
      const key = pressed(event)
      if (NATIVE.has(key) && target.closest('button, a, input, select, textarea, summary, [role=option], [role=tab]') !== null) return
      const lead = event.timeStamp - before.current.at < 900 ? before.current.key : ''
      before.current = { key, at: event.timeStamp }
      const found = actionFor(key, lead, now, typing)
      if (found === undefined) return
      event.preventDefault()
      found.run(now, key)
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [now, off])
}

/** Hand a page's controls to the table of actions for as long as the page is shown. */
export function useControls<K extends keyof Parts>(which: K, controls: Parts[K]): void {
  const { set } = useBridge()
  useLayoutEffect(() => {
    set({ [which]: controls } as Partial<Parts>)
  }, [set, which, controls])
  useLayoutEffect(() => () => set({ [which]: null } as Partial<Parts>), [set, which])
}

export const useFolded = (): boolean => useBridge().folded

export function useAction(id: ActionId) {
  const { now } = useBridge()
  const one = action(id)
  const keys = one.keys.map(keyName).join(' or ')
  return { label: one.label, hint: keys === '' ? one.label : `${one.label} (${keys})`, enabled: one.enabled(now), run: () => one.run(now, '') }
}

export function ActionButton({ id, icon }: { id: ActionId; icon: ReactNode }) {
  const { hint, label, enabled, run } = useAction(id)
  return (
    <Tooltip label={hint}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} disabled={!enabled} onClick={run}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

function Palette({ now }: { now: Context }) {
  const projects = useProjects().data?.items ?? []
  const tasks = useTasks(now.project ?? 0).data?.pages.flatMap(({ items }) => items) ?? []
  const places = [
    ...tasks.map(({ id, name }) => ({ id: `task-${id}`, label: name, group: 'Labeling tasks', onClick: () => now.go(`/projects/${now.project}/tasks/${id}`) })),
    ...projects.map(({ id, name }) => ({ id: `project-${id}`, label: name, group: 'Projects', onClick: () => now.go(`/projects/${id}/inputs`) })),
  ]
  const found = ACTIONS.filter((one) => one.id !== 'palette' && !('byKey' in one) && one.enabled(now)).map(
    (one: Action): SpotlightActionData => ({
      id: one.id,
      label: one.label,
      group: one.group,
      rightSection: one.keys[0] === undefined ? undefined : <Kbd size="xs">{keyName(one.keys[0])}</Kbd>,
      onClick: () => one.run(now, ''),
    }),
  )
  return (
    <Spotlight
      attributes={{ content: { 'aria-label': 'Commands' } }}
      actions={groups([...found, ...places])}
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0 }}
      transitionProps={{ duration: 120 }}
      shortcut={null}
      highlightQuery
      nothingFound="Nothing is called that."
      searchProps={{ leftSection: <IconSearch size={16} />, placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
    />
  )
}

function groups(found: SpotlightActionData[]) {
  const names = [...new Set(found.map(({ group }) => group as string))]
  return names.map((group) => ({ group, actions: found.filter((one) => one.group === group) }))
}

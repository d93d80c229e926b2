/**
 * Everything one can do by button, menu or key, in one table. Toolbar, palette, shortcuts and the help page all read
 * it, so they cannot disagree. What a page offers it hands over as controls; without them its actions are off.
 */
export interface ViewerControls {
  fit: () => void
  actualSize: () => void
  zoomBy: (factor: number) => void
  hideAll: () => void
  /** Select the annotation after or before the selected one. */
  step: (by: 1 | -1) => void
  panel: () => void
  previous: (() => void) | null
  next: (() => void) | null
  back: () => void
}

export interface InputsControls {
  upload: () => void
  paste: () => void
  importing: () => void
  selectAll: () => void
  selectNone: () => void
  remove: () => void
  selected: number
  mayChange: boolean
}

export interface Context {
  project: number | null
  go: (to: string) => void
  palette: () => void
  help: () => void
  sidebar: () => void
  scheme: () => void
  signOut: () => void
  viewer: ViewerControls | null
  inputs: InputsControls | null
}

export interface Action {
  id: string
  label: string
  group: 'Go to' | 'Input' | 'Inputs' | 'Everywhere'
  /** As KeyboardEvent.key says, lower case; `mod+` is Ctrl, or Command on a Mac. */
  keys: readonly string[]
  enabled: (now: Context) => boolean
  run: (now: Context) => void
}

const inProject = ({ project }: Context): boolean => project !== null
const viewing = ({ viewer }: Context): boolean => viewer !== null
const always = (): boolean => true
const changing = ({ inputs }: Context): boolean => inputs?.mayChange === true
const selecting = ({ inputs }: Context): boolean => inputs !== null && inputs.selected > 0

export const ACTIONS = [
  { id: 'projects', label: 'Projects', group: 'Go to', keys: [], enabled: always, run: ({ go }) => go('/projects') },
  { id: 'inputs', label: 'Inputs', group: 'Go to', keys: ['g i'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/inputs`) },
  { id: 'models', label: 'Models', group: 'Go to', keys: ['g m'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/models`) },
  { id: 'tasks', label: 'Labeling Tasks', group: 'Go to', keys: ['g t'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/tasks`) },
  { id: 'members', label: 'Members', group: 'Go to', keys: [], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/members`) },
  { id: 'new-task', label: 'New Labeling Task', group: 'Go to', keys: ['g n'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/tasks/new`) },

  { id: 'fit', label: 'Fit to window', group: 'Input', keys: ['f', '0'], enabled: viewing, run: ({ viewer }) => viewer?.fit() },
  { id: 'actual-size', label: 'Actual size', group: 'Input', keys: ['o'], enabled: viewing, run: ({ viewer }) => viewer?.actualSize() },
  { id: 'zoom-in', label: 'Zoom in', group: 'Input', keys: ['+', '='], enabled: viewing, run: ({ viewer }) => viewer?.zoomBy(1.25) },
  { id: 'zoom-out', label: 'Zoom out', group: 'Input', keys: ['-'], enabled: viewing, run: ({ viewer }) => viewer?.zoomBy(0.8) },
  { id: 'hide-all', label: 'Hide or show all regions', group: 'Input', keys: ['h'], enabled: viewing, run: ({ viewer }) => viewer?.hideAll() },
  { id: 'next-annotation', label: 'Next annotation', group: 'Input', keys: ['j'], enabled: viewing, run: ({ viewer }) => viewer?.step(1) },
  { id: 'previous-annotation', label: 'Previous annotation', group: 'Input', keys: ['k'], enabled: viewing, run: ({ viewer }) => viewer?.step(-1) },
  { id: 'panel', label: 'Fold or open the list', group: 'Input', keys: ['l'], enabled: viewing, run: ({ viewer }) => viewer?.panel() },
  { id: 'previous', label: 'Previous input', group: 'Input', keys: ['arrowleft'], enabled: ({ viewer }) => Boolean(viewer?.previous), run: ({ viewer }) => viewer?.previous?.() },
  { id: 'next', label: 'Next input', group: 'Input', keys: ['arrowright'], enabled: ({ viewer }) => Boolean(viewer?.next), run: ({ viewer }) => viewer?.next?.() },
  { id: 'back', label: 'Back to all inputs', group: 'Input', keys: ['escape'], enabled: viewing, run: ({ viewer }) => viewer?.back() },

  { id: 'upload', label: 'Upload files', group: 'Inputs', keys: ['u'], enabled: changing, run: ({ inputs }) => inputs?.upload() },
  { id: 'paste', label: 'Paste text', group: 'Inputs', keys: ['t'], enabled: changing, run: ({ inputs }) => inputs?.paste() },
  { id: 'import', label: 'Import from the server', group: 'Inputs', keys: [], enabled: changing, run: ({ inputs }) => inputs?.importing() },
  { id: 'select-all', label: 'Select all that is loaded', group: 'Inputs', keys: ['mod+a'], enabled: ({ inputs }) => inputs !== null, run: ({ inputs }) => inputs?.selectAll() },
  { id: 'select-none', label: 'Clear the selection', group: 'Inputs', keys: ['escape'], enabled: selecting, run: ({ inputs }) => inputs?.selectNone() },
  { id: 'delete', label: 'Delete selected inputs', group: 'Inputs', keys: ['delete'], enabled: (now) => selecting(now) && changing(now), run: ({ inputs }) => inputs?.remove() },

  { id: 'palette', label: 'Commands', group: 'Everywhere', keys: ['mod+k'], enabled: always, run: ({ palette }) => palette() },
  { id: 'help', label: 'Keys', group: 'Everywhere', keys: ['?'], enabled: always, run: ({ help }) => help() },
  { id: 'sidebar', label: 'Fold or open the sidebar', group: 'Everywhere', keys: ['['], enabled: always, run: ({ sidebar }) => sidebar() },
  { id: 'scheme', label: 'Light or dark', group: 'Everywhere', keys: ['mod+shift+l'], enabled: always, run: ({ scheme }) => scheme() },
  { id: 'account', label: 'Password and access tokens', group: 'Everywhere', keys: [], enabled: always, run: ({ go }) => go('/account') },
  { id: 'sign-out', label: 'Sign out', group: 'Everywhere', keys: [], enabled: always, run: ({ signOut }) => signOut() },
] as const satisfies readonly Action[]

/** What is done by hand or within one part of a page, which that part hears itself; told of with the keys. */
export const BY_HAND: readonly { group: Action['group'] | 'Limits'; label: string; keys: readonly string[] }[] = [
  { group: 'Input', label: 'Zoom where the pointer is', keys: ['Wheel'] },
  { group: 'Input', label: 'Move the picture', keys: ['Drag'] },
  { group: 'Input', label: 'Fit to window by mouse', keys: ['Double click'] },
  { group: 'Inputs', label: 'From input to input', keys: ['← ↑ → ↓'] },
  { group: 'Inputs', label: 'Open the input', keys: ['Enter'] },
  { group: 'Inputs', label: 'Select or leave out', keys: ['Space'] },
  { group: 'Inputs', label: 'Select all between', keys: ['Shift click'] },
  { group: 'Limits', label: 'Move by 0.01', keys: ['← →'] },
  { group: 'Limits', label: 'Move by 0.1', keys: ['Page ↑', 'Page ↓'] },
  { group: 'Limits', label: 'To 0, to 1', keys: ['Home', 'End'] },
]

export type ActionId = (typeof ACTIONS)[number]['id']

export function action(id: ActionId): Action {
  return ACTIONS.find((one) => one.id === id) as Action
}

/** What was pressed, as `keys` writes it. Shift counts only with mod: without, it is in the character itself. */
export function pressed(event: { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }): string {
  const mod = event.ctrlKey || event.metaKey
  return (mod ? 'mod+' : '') + (mod && event.shiftKey ? 'shift+' : '') + event.key.toLowerCase()
}

/** The action for a key, given the one before it: "g i" is g, then i. Plain keys mean nothing while typing. */
export function actionFor(key: string, before: string, now: Context, typing: boolean): Action | undefined {
  const hears = (one: Action): boolean => one.keys.some((keys) => keys === key || keys === `${before} ${key}`)
  return ACTIONS.find((one: Action) => (!typing || key === 'mod+k') && hears(one) && one.enabled(now))
}

export function keyName(keys: string): string {
  const names: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', arrowleft: '←', arrowright: '→', escape: 'Esc', delete: 'Del' }
  const one = (key: string): string => names[key] ?? (key.length === 1 ? key.toUpperCase() : key)
  return keys.split(' ').map((part) => (part === '+' ? '+' : part.split('+').map(one).join(' '))).join(' then ')
}

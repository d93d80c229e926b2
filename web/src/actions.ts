import type { DrawingTool, Tool } from './canvas/editor'

/**
 * Everything one can do by button, menu or key, in one table. Toolbar, palette, shortcuts and the help page all read
 * it, so they cannot disagree. What a page offers it hands over as controls; without them its actions are off.
 */
export interface ViewerControls {
  fit: () => void
  actualSize: () => void
  zoomBy: (factor: number) => void
  /** Look at what lies so many pixels of the screen further right and down; null: there is no picture. */
  pan: ((dx: number, dy: number) => void) | null
  hideAll: () => void
  /** Select the annotation after or before the selected one. */
  step: (by: 1 | -1) => void
  panel: () => void
  previous: (() => void) | null
  next: (() => void) | null
  back: (() => void) | null
}

/** Drawing and changing, while reviewing as while labeling. */
export interface WorkControls {
  image: boolean
  /** The tools that draw what the task is for. */
  draws: readonly DrawingTool[]
  /** Choosing a drawing tool once more draws in the middle of what is seen. */
  use: (tool: Tool) => void
  concept: (number: number) => void
  selected: boolean
  changeConcept: () => void
  duplicate: () => void
  redraw: (() => void) | null
  remove: () => void
  hide: () => void
  nudge: (dx: number, dy: number) => void
  grow: (dx: number, dy: number) => void
  /** Between the points of a polygon, or the words of a text. */
  stepPoint: (by: 1 | -1) => void
  givePoint: () => void
  undo: (() => void) | null
  redo: (() => void) | null
  cancel: () => void
  adjust: () => void
  /** Enter, while a polygon is being drawn: true when it ended one. */
  closeDrawing: () => boolean
}

/** The last decision or submission, whatever is shown now. */
export interface LastControls {
  takeBack: () => void
}

export interface ReviewControls {
  skip: (() => void) | null
  approve: () => void
  reject: () => void
  requestChanges: () => void
  tick: (() => void) | null
  /** Whether one awaits a decision after or before the selected one. */
  hasOpen: (by: 1 | -1) => boolean
  stepOpen: (by: 1 | -1) => void
  all: () => void
  filter: () => void
  grid: () => void
}

export interface LabelControls {
  skip: (() => void) | null
  submit: () => void
  help: (() => void) | null
  accept: (() => void) | null
  acceptAll: (() => void) | null
}

export interface GridReviewControls {
  decide: () => void
  flip: () => void
  step: (across: number, down: number) => void
  all: () => void
  single: () => void
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
  /** Owners and admins of the project make tasks. */
  makesTasks: boolean
  go: (to: string) => void
  palette: () => void
  help: () => void
  sidebar: () => void
  scheme: () => void
  signOut: () => void
  viewer: ViewerControls | null
  inputs: InputsControls | null
  work: WorkControls | null
  review: ReviewControls | null
  grid: GridReviewControls | null
  label: LabelControls | null
  last: LastControls | null
}

export type Group = 'Go to' | 'Input' | 'Inputs' | 'Regions' | 'Review' | 'Grid review' | 'Label' | 'Everywhere'

export interface Action {
  id: string
  label: string
  group: Group
  /** As KeyboardEvent.key says, lower case; `mod+` is Ctrl, or Command on a Mac. */
  keys: readonly string[]
  enabled: (now: Context) => boolean
  run: (now: Context, key: string) => void
  /** Which key it was says what it does, so it is in no menu. */
  byKey?: true
  /** Nobody has looked at what a key held down or the second click of a double click would do it to. */
  once?: true
}

const inProject = ({ project }: Context): boolean => project !== null
const viewing = ({ viewer }: Context): boolean => viewer !== null
const always = (): boolean => true
const changing = ({ inputs }: Context): boolean => inputs?.mayChange === true
const selecting = ({ inputs }: Context): boolean => inputs !== null && inputs.selected > 0
const drawing = ({ work }: Context): boolean => work?.image === true
const drawingA = (tool: DrawingTool) => ({ work }: Context): boolean => work?.image === true && work.draws.includes(tool)
const working = ({ work }: Context): boolean => work !== null
const chosen = ({ work }: Context): boolean => work?.selected === true
const reviewing = ({ review }: Context): boolean => review !== null
const crops = ({ grid }: Context): boolean => grid !== null

/** Which way an arrow key points. */
function arrow(key: string): [number, number] {
  const ways: Record<string, [number, number]> = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] }
  return ways[key.split('+').at(-1) ?? ''] ?? [0, 0]
}

/** What an arrow key moves by, in pixels of the screen. */
const NUDGE = 4
const PAN = 80
const ARROWS = ['arrowleft', 'arrowright', 'arrowup', 'arrowdown'] as const
const shifted = ARROWS.map((key) => `shift+${key}`)
const modded = ARROWS.map((key) => `mod+${key}`)
const both = ARROWS.map((key) => `mod+shift+${key}`)
const pushed = (key: string, by = NUDGE): [number, number] => arrow(key).map((way) => way * by) as [number, number]

export const ACTIONS = [
  { id: 'projects', label: 'Projects', group: 'Go to', keys: [], enabled: always, run: ({ go }) => go('/projects') },
  { id: 'inputs', label: 'Inputs', group: 'Go to', keys: ['g i'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/inputs`) },
  { id: 'models', label: 'Models', group: 'Go to', keys: ['g m'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/models`) },
  { id: 'tasks', label: 'Labeling Tasks', group: 'Go to', keys: ['g t'], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/tasks`) },
  { id: 'datasets', label: 'Datasets', group: 'Go to', keys: [], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/datasets`) },
  { id: 'concepts', label: 'Concepts', group: 'Go to', keys: [], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/concepts`) },
  { id: 'settings', label: 'Settings', group: 'Go to', keys: [], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/settings`) },
  { id: 'members', label: 'Collaborators', group: 'Go to', keys: [], enabled: inProject, run: ({ go, project }) => go(`/projects/${project}/members`) },
  { id: 'new-task', label: 'New Labeling Task', group: 'Go to', keys: ['g n'], enabled: (now) => inProject(now) && now.makesTasks, run: ({ go, project }) => go(`/projects/${project}/tasks/new`) },

  { id: 'fit', label: 'Fit to window', group: 'Input', keys: ['f', '0'], enabled: viewing, run: ({ viewer }) => viewer?.fit() },
  { id: 'actual-size', label: 'Actual size', group: 'Input', keys: ['o'], enabled: viewing, run: ({ viewer }) => viewer?.actualSize() },
  { id: 'zoom-in', label: 'Zoom in', group: 'Input', keys: ['+', '='], enabled: viewing, run: ({ viewer }) => viewer?.zoomBy(1.25) },
  { id: 'zoom-out', label: 'Zoom out', group: 'Input', keys: ['-'], enabled: viewing, run: ({ viewer }) => viewer?.zoomBy(0.8) },
  { id: 'pan', label: 'Look further that way', group: 'Input', keys: both, byKey: true, enabled: ({ viewer }) => Boolean(viewer?.pan), run: ({ viewer }, key) => viewer?.pan?.(...pushed(key, PAN)) },
  { id: 'hide-all', label: 'Hide or show all regions', group: 'Input', keys: ['shift+h'], enabled: viewing, run: ({ viewer }) => viewer?.hideAll() },
  { id: 'next-annotation', label: 'Next annotation', group: 'Input', keys: ['j'], enabled: viewing, run: ({ viewer }) => viewer?.step(1) },
  { id: 'previous-annotation', label: 'Previous annotation', group: 'Input', keys: ['k'], enabled: viewing, run: ({ viewer }) => viewer?.step(-1) },
  { id: 'panel', label: 'Fold or open the list', group: 'Input', keys: ['l'], enabled: viewing, run: ({ viewer }) => viewer?.panel() },
  { id: 'previous', label: 'Previous input', group: 'Input', keys: ['arrowleft'], enabled: ({ viewer }) => Boolean(viewer?.previous), run: ({ viewer }) => viewer?.previous?.() },
  { id: 'next', label: 'Next input', group: 'Input', keys: ['arrowright'], enabled: ({ viewer }) => Boolean(viewer?.next), run: ({ viewer }) => viewer?.next?.() },
  { id: 'back', label: 'Back to all inputs', group: 'Input', keys: ['escape'], enabled: ({ viewer }) => Boolean(viewer?.back), run: ({ viewer }) => viewer?.back?.() },

  { id: 'upload', label: 'Upload files', group: 'Inputs', keys: ['u'], enabled: changing, run: ({ inputs }) => inputs?.upload() },
  { id: 'paste', label: 'Paste text', group: 'Inputs', keys: ['t'], enabled: changing, run: ({ inputs }) => inputs?.paste() },
  { id: 'import', label: 'Import from the server', group: 'Inputs', keys: [], enabled: changing, run: ({ inputs }) => inputs?.importing() },
  { id: 'select-all', label: 'Select all that is loaded', group: 'Inputs', keys: ['mod+a'], enabled: ({ inputs }) => inputs !== null, run: ({ inputs }) => inputs?.selectAll() },
  { id: 'select-none', label: 'Clear the selection', group: 'Inputs', keys: ['escape'], enabled: selecting, run: ({ inputs }) => inputs?.selectNone() },
  { id: 'delete', label: 'Delete selected inputs', group: 'Inputs', keys: ['delete'], enabled: (now) => selecting(now) && changing(now), run: ({ inputs }) => inputs?.remove() },

  { id: 'select', label: 'Select and change', group: 'Regions', keys: ['v'], enabled: drawing, run: ({ work }) => work?.use('select') },
  { id: 'hand', label: 'Move the picture by hand', group: 'Regions', keys: ['h'], enabled: drawing, run: ({ work }) => work?.use('hand') },
  { id: 'box', label: 'Draw a box; twice: in the middle', group: 'Regions', keys: ['b'], enabled: drawingA('box'), run: ({ work }) => work?.use('box') },
  { id: 'polygon', label: 'Draw a polygon; twice: in the middle', group: 'Regions', keys: ['p'], enabled: drawingA('polygon'), run: ({ work }) => work?.use('polygon') },
  { id: 'concept', label: 'Give the concept of that number', group: 'Regions', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], byKey: true, enabled: working, run: ({ work }, key) => work?.concept(Number(key)) },
  { id: 'change-concept', label: 'Find a concept to give', group: 'Regions', keys: ['e'], enabled: working, run: ({ work }) => work?.changeConcept() },
  { id: 'duplicate', label: 'Duplicate with another concept', group: 'Regions', keys: ['d'], enabled: chosen, run: ({ work }) => work?.duplicate() },
  { id: 'redraw', label: 'Draw it anew', group: 'Regions', keys: ['w'], enabled: ({ work }) => Boolean(work?.redraw), run: ({ work }) => work?.redraw?.() },
  { id: 'remove', label: 'Delete it, or the point', group: 'Regions', keys: ['delete', 'backspace'], enabled: working, run: ({ work }) => work?.remove() },
  { id: 'hide', label: 'Hide or show it', group: 'Regions', keys: ['x'], enabled: chosen, run: ({ work }) => work?.hide() },
  { id: 'nudge', label: 'Move it, the point, or the end of the marking', group: 'Regions', keys: shifted, byKey: true, enabled: working, run: ({ work }, key) => work?.nudge(...pushed(key)) },
  { id: 'grow', label: 'Make it larger or smaller', group: 'Regions', keys: modded, byKey: true, enabled: working, run: ({ work }, key) => work?.grow(...pushed(key)) },
  { id: 'previous-point', label: 'Previous point or word', group: 'Regions', keys: [','], enabled: working, run: ({ work }) => work?.stepPoint(-1) },
  { id: 'next-point', label: 'Next point or word', group: 'Regions', keys: ['.'], enabled: working, run: ({ work }) => work?.stepPoint(1) },
  { id: 'give-point', label: 'Add a point after it', group: 'Regions', keys: ['n'], enabled: drawing, run: ({ work }) => work?.givePoint() },
  { id: 'undo', label: 'Undo', group: 'Regions', keys: ['mod+z'], enabled: ({ work }) => Boolean(work?.undo), run: ({ work }) => work?.undo?.() },
  { id: 'redo', label: 'Redo', group: 'Regions', keys: ['mod+shift+z', 'mod+y'], enabled: ({ work }) => Boolean(work?.redo), run: ({ work }) => work?.redo?.() },
  { id: 'adjust', label: 'Brightness, contrast, colours', group: 'Regions', keys: ['i'], enabled: drawing, run: ({ work }) => work?.adjust() },
  { id: 'cancel', label: 'Leave off drawing; select nothing', group: 'Regions', keys: ['escape'], enabled: working, run: ({ work }) => work?.cancel() },

  { id: 'approve', label: 'Approve selected', group: 'Review', keys: ['enter'], once: true, enabled: reviewing, run: (now) => now.work?.closeDrawing() === true || now.review?.approve() },
  { id: 'reject', label: 'Reject input', group: 'Review', keys: ['r'], once: true, enabled: reviewing, run: ({ review }) => review?.reject() },
  { id: 'request-changes', label: 'Request changes', group: 'Review', keys: ['c'], once: true, enabled: reviewing, run: ({ review }) => review?.requestChanges() },
  { id: 'tick', label: 'Tick or untick', group: 'Review', keys: ['space'], enabled: ({ review }) => Boolean(review?.tick), run: ({ review }) => review?.tick?.() },
  { id: 'next-open', label: 'Next to decide', group: 'Review', keys: ['tab'], enabled: ({ review }) => review?.hasOpen(1) === true, run: ({ review }) => review?.stepOpen(1) },
  { id: 'previous-open', label: 'Previous to decide', group: 'Review', keys: ['shift+tab'], enabled: ({ review }) => review?.hasOpen(-1) === true, run: ({ review }) => review?.stepOpen(-1) },
  { id: 'skip', label: 'Skip', group: 'Review', keys: ['s'], once: true, enabled: ({ review, label }) => Boolean((review ?? label)?.skip), run: ({ review, label }) => (review ?? label)?.skip?.() },
  { id: 'undo-last', label: 'Take the last decision back', group: 'Review', keys: ['u'], once: true, enabled: ({ last }) => last !== null, run: ({ last }) => last?.takeBack() },
  { id: 'all', label: 'Approve all / Reject all', group: 'Review', keys: ['a'], enabled: (now) => reviewing(now) || crops(now), run: ({ review, grid }) => (review ?? grid)?.all() },
  { id: 'filter', label: 'Filter and order', group: 'Review', keys: ['/'], enabled: reviewing, run: ({ review }) => review?.filter() },
  { id: 'to-grid', label: 'Grid review', group: 'Review', keys: ['shift+g'], enabled: reviewing, run: ({ review }) => review?.grid() },

  { id: 'decide', label: 'Decide the screen', group: 'Grid review', keys: ['enter'], once: true, enabled: crops, run: ({ grid }) => grid?.decide() },
  { id: 'flip', label: 'Wrong or right', group: 'Grid review', keys: ['space'], enabled: crops, run: ({ grid }) => grid?.flip() },
  { id: 'crops', label: 'From region to region', group: 'Grid review', keys: [...ARROWS], byKey: true, enabled: crops, run: ({ grid }, key) => grid?.step(...arrow(key)) },
  { id: 'single', label: 'Review one by one', group: 'Grid review', keys: ['shift+g'], enabled: crops, run: ({ grid }) => grid?.single() },

  { id: 'submit', label: 'Submit', group: 'Label', keys: ['enter'], once: true, enabled: ({ label }) => label !== null, run: (now) => now.work?.closeDrawing() === true || now.label?.submit() },
  { id: 'predictions', label: 'Show what models said', group: 'Label', keys: ['q'], enabled: ({ label }) => Boolean(label?.help), run: ({ label }) => label?.help?.() },
  { id: 'accept', label: 'Accept the selected prediction', group: 'Label', keys: ['space'], enabled: ({ label }) => Boolean(label?.accept), run: ({ label }) => label?.accept?.() },
  { id: 'accept-all', label: 'Accept all predictions shown', group: 'Label', keys: ['shift+a'], once: true, enabled: ({ label }) => Boolean(label?.acceptAll), run: ({ label }) => label?.acceptAll?.() },

  { id: 'palette', label: 'Commands', group: 'Everywhere', keys: ['mod+k'], enabled: always, run: ({ palette }) => palette() },
  { id: 'help', label: 'Keys', group: 'Everywhere', keys: ['?'], enabled: always, run: ({ help }) => help() },
  { id: 'sidebar', label: 'Fold or open the sidebar', group: 'Everywhere', keys: ['['], enabled: always, run: ({ sidebar }) => sidebar() },
  { id: 'scheme', label: 'Light or dark', group: 'Everywhere', keys: ['mod+shift+l'], enabled: always, run: ({ scheme }) => scheme() },
  { id: 'profile', label: 'Profile', group: 'Everywhere', keys: [], enabled: always, run: ({ go }) => go('/account') },
  { id: 'sign-out', label: 'Sign out', group: 'Everywhere', keys: [], enabled: always, run: ({ signOut }) => signOut() },
] as const satisfies readonly Action[]

/** What is done by hand or within one part of a page, which that part hears itself; told of with the keys. */
export const BY_HAND: readonly { group: Action['group'] | 'Limits'; label: string; keys: readonly string[] }[] = [
  { group: 'Input', label: 'Zoom where the pointer is', keys: ['Wheel'] },
  { group: 'Input', label: 'Move the picture', keys: ['Drag'] },
  { group: 'Input', label: 'Fit to window by mouse', keys: ['Double click'] },
  { group: 'Regions', label: 'Add a point by mouse', keys: ['Drag a side'] },
  { group: 'Regions', label: 'Delete a point by mouse', keys: ['Alt click'] },
  { group: 'Regions', label: 'End a polygon', keys: ['Double click', 'Enter'] },
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

/** What was pressed, as `keys` writes it. Shift counts with mod, letters and keys that have a name: else it is in the character itself. */
export function pressed(event: { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }): string {
  const mod = event.ctrlKey || event.metaKey
  const shift = event.shiftKey && (mod || event.key.length > 1 || /\p{L}/u.test(event.key))
  return (mod ? 'mod+' : '') + (shift ? 'shift+' : '') + (event.key === ' ' ? 'space' : event.key.toLowerCase())
}

/** The action for a key, given the one before it: "g i" is g, then i. Plain keys mean nothing while typing. */
export function actionFor(key: string, before: string, now: Context, typing: boolean): Action | undefined {
  const hears = (one: Action): boolean => one.keys.some((keys) => keys === key || keys === `${before} ${key}`)
  return ACTIONS.find((one: Action) => (!typing || key === 'mod+k') && hears(one) && one.enabled(now))
}

export function keyName(keys: string): string {
  const names: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓', escape: 'Esc', delete: 'Del', space: 'Space', enter: 'Enter', tab: 'Tab', backspace: '⌫' }
  const one = (key: string): string => names[key] ?? (key.length === 1 ? key.toUpperCase() : key)
  return keys.split(' ').map((part) => (part === '+' ? '+' : part.split('+').map(one).join(' '))).join(' then ')
}

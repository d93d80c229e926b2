import { describe, expect, it, vi } from 'vitest'

import { type Action, ACTIONS, actionFor, type Context, keyName, pressed, type WorkControls } from './actions'

const nothing = vi.fn()
const context: Context = {
  project: 3, makesTasks: true, go: vi.fn(), palette: nothing, help: nothing, sidebar: nothing, scheme: nothing, signOut: nothing, viewer: null, inputs: null, work: null, review: null, grid: null,
  label: null, last: null,
}

const closeDrawing = vi.fn(() => false)
const viewer = { fit: nothing, actualSize: nothing, zoomBy: nothing, pan: vi.fn(), hideAll: nothing, step: nothing, panel: nothing, previous: nothing, next: nothing, back: nothing }
const inputs = { upload: nothing, paste: nothing, importing: nothing, selectAll: nothing, selectNone: nothing, remove: nothing, selected: 1, mayChange: true }
const work: WorkControls = {
  image: true, draws: ['box', 'polygon'], use: nothing, concept: vi.fn(), selected: true, changeConcept: nothing, duplicate: nothing, redraw: nothing, remove: nothing, hide: nothing, nudge: vi.fn(), grow: nothing,
  stepPoint: nothing, givePoint: nothing, undo: nothing, redo: nothing, cancel: nothing, adjust: nothing, closeDrawing,
}
const review = {
  approve: vi.fn(), reject: nothing, requestChanges: nothing, tick: nothing, hasOpen: () => true, stepOpen: nothing, all: nothing, filter: nothing, grid: nothing, skip: nothing,
}
const grid = { decide: nothing, flip: nothing, step: vi.fn(), all: nothing, single: nothing }
const label = { submit: nothing, help: nothing, accept: nothing, acceptAll: nothing, skip: nothing }
const last = { takeBack: nothing }

/** What each page hands over, with everything on that may ever be. */
const PAGES: Record<string, Partial<Context>> = {
  inputs: { inputs },
  input: { viewer },
  review: { viewer: { ...viewer, back: null }, work, review, last },
  'grid review': { grid, last },
  label: { viewer: { ...viewer, back: null }, work, label, last },
}

describe('actions', () => {
  it('have ids of their own', () => {
    expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length)
  })

  it.each(Object.entries(PAGES))('have keys of their own on the page: %s', (_, parts) => {
    const on = ACTIONS.filter((one: Action) => one.enabled({ ...context, ...parts }))
    const keys = on.flatMap((one: Action) => [...one.keys])
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
    expect(on.length).toBeGreaterThan(10)
  })

  it('are each on somewhere', () => {
    expect(ACTIONS.filter((one: Action) => !Object.values(PAGES).some((parts) => one.enabled({ ...context, ...parts }))).map(({ id }) => id)).toEqual([])
  })

  it('are told which of their keys it was', () => {
    const press = (key: string, now: Context): void => actionFor(key, '', now, false)?.run(now, key)
    press('4', { ...context, work })
    press('shift+arrowup', { ...context, work })
    press('arrowleft', { ...context, grid })
    press('mod+shift+arrowright', { ...context, viewer, work })
    expect(work.concept).toHaveBeenCalledWith(4)
    expect(work.nudge).toHaveBeenCalledWith(0, -4)
    expect(grid.step).toHaveBeenCalledWith(-1, 0)
    expect(viewer.pan).toHaveBeenCalledWith(80, 0)
  })

  it('leave the keys that pan to the browser where there is no picture', () => {
    expect(actionFor('mod+shift+arrowup', '', { ...context, viewer: { ...viewer, pan: null } }, false)).toBeUndefined()
  })

  it('let Enter end a polygon before it approves', () => {
    const now = { ...context, work, review }
    closeDrawing.mockReturnValueOnce(true)
    actionFor('enter', '', now, false)?.run(now, 'enter')
    expect(review.approve).not.toHaveBeenCalled()
    actionFor('enter', '', now, false)?.run(now, 'enter')
    expect(review.approve).toHaveBeenCalledOnce()
  })

  it('run only when they are on', () => {
    expect(actionFor('f', '', context, false)).toBeUndefined()
    expect(actionFor('i', 'g', context, false)?.id).toBe('inputs')
    expect(actionFor('i', 'g', { ...context, project: null }, false)).toBeUndefined()
    expect(actionFor('u', '', context, false)).toBeUndefined()
    expect(actionFor('n', 'g', context, false)?.id).toBe('new-task')
    expect(actionFor('n', 'g', { ...context, makesTasks: false }, false)).toBeUndefined()
  })

  it('offer the drawing tools that fit the task', () => {
    const heard = (...draws: WorkControls['draws']): (string | undefined)[] => ['b', 'p'].map((key) => actionFor(key, '', { ...context, work: { ...work, draws } }, false)?.id)
    expect(heard('box', 'polygon')).toEqual(['box', 'polygon'])
    expect(heard('box')).toEqual(['box', undefined])
    expect(heard()).toEqual([undefined, undefined])
  })

  it('leave typing alone but for the palette', () => {
    expect(actionFor('?', '', context, true)).toBeUndefined()
    expect(actionFor('mod+k', '', context, true)?.id).toBe('palette')
  })

  it('name keys as keyboards do', () => {
    expect(pressed({ key: 'K', ctrlKey: true, metaKey: false, shiftKey: false })).toBe('mod+k')
    const shift = (key: string): string => pressed({ key, ctrlKey: false, metaKey: false, shiftKey: true })
    expect([shift('?'), shift('H'), shift('Tab'), shift('ArrowUp'), shift(' ')]).toEqual(['?', 'shift+h', 'shift+tab', 'shift+arrowup', 'space'])
    expect([keyName('mod+k'), keyName('g i'), keyName('+'), keyName('arrowleft'), keyName('shift+h')]).toEqual(['Ctrl K', 'G then I', '+', '←', 'Shift H'])
  })
})

import { describe, expect, it, vi } from 'vitest'

import { ACTIONS, actionFor, type Context, keyName, pressed } from './actions'

const nothing = vi.fn()
const context: Context = { project: 3, go: vi.fn(), palette: nothing, help: nothing, sidebar: nothing, scheme: nothing, signOut: nothing, viewer: null, inputs: null }

describe('actions', () => {
  it('have ids and, where they may be on together, keys of their own', () => {
    expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length)
    for (const group of ['Input', 'Inputs', 'Everywhere', 'Go to']) {
      const keys = ACTIONS.filter((one) => one.group === group).flatMap(({ keys: some }) => [...some])
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('run only when they are on', () => {
    expect(actionFor('f', '', context, false)).toBeUndefined()
    expect(actionFor('i', 'g', context, false)?.id).toBe('inputs')
    expect(actionFor('i', 'g', { ...context, project: null }, false)).toBeUndefined()
    expect(actionFor('u', '', context, false)).toBeUndefined()
  })

  it('leave typing alone but for the palette', () => {
    expect(actionFor('?', '', context, true)).toBeUndefined()
    expect(actionFor('mod+k', '', context, true)?.id).toBe('palette')
  })

  it('name keys as keyboards do', () => {
    expect(pressed({ key: 'K', ctrlKey: true, metaKey: false, shiftKey: false })).toBe('mod+k')
    expect(pressed({ key: '?', ctrlKey: false, metaKey: false, shiftKey: true })).toBe('?')
    expect([keyName('mod+k'), keyName('g i'), keyName('+'), keyName('arrowleft')]).toEqual(['Ctrl K', 'G then I', '+', '←'])
  })
})

import { Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff, IconPencil, IconTag, IconTrash } from '@tabler/icons-react'
import { memo, useEffect, useRef } from 'react'

import { ticked, type Drafted } from '../desk/draft'
import { PlainButton } from './controls'
import type { Desk } from './useDesk'

interface Section {
  name: string
  items: readonly Drafted[]
}

interface Props {
  desk: Desk
  colour: (concept: string) => string
  sections: readonly Section[]
  /** With a box to tick on each. */
  ticks: boolean
  /** The list of the input before stays for a moment: the picture comes first. */
  late?: boolean
}

/** So many rows at most; what is beyond them is on the picture. */
const MOST = 300

/** What is said of the input, in sections; one selection with the picture. */
export const DeskList = memo(function DeskList({ desk, colour, sections, ticks }: Props) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' })
  }, [desk.selected])
  const tick = (one: Drafted): void => desk.commit(ticked(desk.history.draft, new Set([one.id]), !one.ticked))
  return (
    <div ref={list} className="desk-list">
      {sections.map(({ name, items }) =>
        items.length === 0 ? null : (
          <section key={name} aria-label={name}>
            <Text size="xs" fw={600} c="dimmed" px={12} pt={8} pb={2}>
              {name} ({items.length})
            </Text>
            {items.slice(0, MOST).map((one) => (
              <div key={one.id} data-selected={one.id === desk.selected || undefined} className="desk-item">
                <Row
                  one={one}
                  ink={colour(one.concept)}
                  on={one.id === desk.hovered}
                  selected={one.id === desk.selected}
                  hidden={desk.hidden.has(one.id)}
                  tick={ticks ? tick : null}
                  hover={desk.hover}
                  select={desk.select}
                />
                {one.id === desk.selected && <Doings hidden={desk.hidden.has(one.id)} />}
              </div>
            ))}
            {items.length > MOST && (
              <Text size="xs" c="dimmed" p="sm">
                The first {MOST} of {items.length}; the others are on the picture.
              </Text>
            )}
          </section>
        ),
      )}
    </div>
  )
}, (_, { late = false }) => late)

interface RowProps {
  one: Drafted
  ink: string
  on: boolean
  selected: boolean
  hidden: boolean
  tick: ((one: Drafted) => void) | null
  hover: (id: number | null) => void
  select: (id: number | null) => void
}

const same = (before: RowProps, now: RowProps): boolean =>
  before.one === now.one && before.ink === now.ink && before.on === now.on && before.selected === now.selected && before.hidden === now.hidden && (before.tick === null) === (now.tick === null)

// ticking goes by the annotation that is shown, so a row need not be drawn anew for a newer way to tick. Its elements are
// plain ones, as hundreds of them are drawn with each input
const Row = memo(function Row({ one, ink, on, selected, hidden, tick, hover, select }: RowProps) {
  return (
    <div className="annotation" data-on={on || undefined} onMouseEnter={() => hover(one.id)} onMouseLeave={() => hover(null)}>
      {tick !== null && <input type="checkbox" className="desk-tick" checked={one.ticked} aria-label={`${one.concept}: stands`} onChange={() => tick(one)} tabIndex={-1} />}
      <button type="button" className="desk-name" aria-pressed={selected} onClick={() => select(selected ? null : one.id)}>
        <span className="swatch" style={{ background: ink }} />
        <span className="desk-words">
          <span className="ellipsis" data-off={(tick !== null && !one.ticked) || undefined}>
            {one.present ? one.concept : `not ${one.concept}`}
          </span>
          <span className="ellipsis">
            {one.labeler}
            {one.region === null && ' · whole input'}
            {hidden && ' · hidden'}
            {votesOn(one)}
          </span>
        </span>
        {one.score !== null && <Score score={one.score} />}
      </button>
    </div>
  )
}, same)

/** All votes, for whom they are told; else one's own. */
function votesOn({ vote, votes }: Drafted): string {
  if (votes) return ` · ${votes.yes} for it, ${votes.no} against`
  return typeof vote === 'boolean' ? ` · you said ${vote ? 'yes' : 'no'}` : ''
}

function Score({ score }: { score: number }) {
  return (
    <span className="desk-score numbers">
      {score.toFixed(2)}
      <span className="desk-bar" aria-hidden>
        <span style={{ width: `${score * 100}%` }} />
      </span>
    </span>
  )
}

/** What can be done with the selected one. */
function Doings({ hidden }: { hidden: boolean }) {
  return (
    <div className="desk-doings">
      <PlainButton id="change-concept" icon={<IconTag size={16} />} />
      <PlainButton id="duplicate" icon={<IconCopy size={16} />} />
      <PlainButton id="redraw" icon={<IconPencil size={16} />} />
      <PlainButton id="hide" icon={hidden ? <IconEyeOff size={16} /> : <IconEye size={16} />} />
      <PlainButton id="remove" icon={<IconTrash size={16} />} />
    </div>
  )
}

/** Inputs as small pictures; which comes next is seen before it is there. */
export const Strip = memo(function Strip({ items, now, look }: { items: readonly { id: number; name: string; picture: string | null; text: string | null }[]; now: number | null; look: (id: number) => void }) {
  return (
    <div className="desk-strip" role="group" aria-label="Next inputs">
      {items.map(({ id, name, picture, text }) => (
        <Tooltip key={id} label={name} openDelay={600}>
          <UnstyledButton className="desk-small" aria-label={text === null ? name : `${name}: ${text.slice(0, 60)}`} aria-current={id === now || undefined} tabIndex={-1} onClick={() => look(id)}>
            {picture === null ? <span>{text?.slice(0, 60)}</span> : <img src={picture} alt="" loading="lazy" decoding="async" draggable={false} />}
          </UnstyledButton>
        </Tooltip>
      ))}
    </div>
  )
})

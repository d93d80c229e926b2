import { Slider, Stack, Switch, Text, UnstyledButton } from '@mantine/core'
import {
  IconAdjustments, IconArrowBackUp, IconArrowForwardUp, IconArrowsMaximize, IconEye, IconEyeOff, IconHandStop, IconLayoutSidebarRight, IconPointer, IconPolygon, IconSquare, IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react'
import { ActionIcon, Tooltip } from '@mantine/core'
import { memo, type ReactNode, useLayoutEffect, useState } from 'react'

import type { WorkInput } from '../api/work'
import type { Tool } from '../canvas/editor'
import type { Drawn } from '../canvas/shapes'
import { type Adjustments, AS_IT_IS, filterOf } from '../desk/adjust'
import { pends } from './afterPaint'
import { ActionButton, useAction, useBoard } from './controls'
import { EditCanvas } from './EditCanvas'
import { EditText, type EditTextProps } from './EditText'
import { lower, raise } from './face'
import type { Desk } from './useDesk'
import { many } from './words'

const TOOLS: readonly { tool: Tool; icon: ReactNode }[] = [
  { tool: 'select', icon: <IconPointer size={18} /> },
  { tool: 'hand', icon: <IconHandStop size={18} /> },
  { tool: 'box', icon: <IconSquare size={18} /> },
  { tool: 'polygon', icon: <IconPolygon size={18} /> },
]

/** The tools at the left edge: those that fit the input and the task. */
export function DeskTools({ desk: { input, draws, tool, hidden } }: { desk: Desk }) {
  return <Tools image={input.kind === 'image'} draws={draws} now={tool} hiding={hidden.size > 0} />
}

interface ToolsProps {
  image: boolean
  draws: readonly Tool[]
  now: Tool
  hiding: boolean
}

const Tools = memo(function Tools({ image, draws, now, hiding }: ToolsProps) {
  const tools = TOOLS.filter(({ tool }) => tool === 'select' || tool === 'hand' || draws.includes(tool))
  return (
    <div className="desk-tools" role="toolbar" aria-label="Tools" aria-orientation="vertical">
      {image && tools.map(({ tool, icon }) => <ToolButton key={tool} tool={tool} icon={icon} on={now === tool} />)}
      {image && <hr />}
      <ActionButton id="undo" icon={<IconArrowBackUp size={18} />} />
      <ActionButton id="redo" icon={<IconArrowForwardUp size={18} />} />
      <hr />
      <ActionButton id="hide-all" icon={hiding ? <IconEyeOff size={18} /> : <IconEye size={18} />} />
      {image && (
        <>
          <ActionButton id="zoom-in" icon={<IconZoomIn size={18} />} />
          <ActionButton id="zoom-out" icon={<IconZoomOut size={18} />} />
          <ActionButton id="fit" icon={<IconArrowsMaximize size={18} />} />
          <ActionButton id="adjust" icon={<IconAdjustments size={18} />} />
        </>
      )}
      <ActionButton id="panel" icon={<IconLayoutSidebarRight size={18} />} />
    </div>
  )
})

const ToolButton = memo(function ToolButton({ tool, icon, on }: { tool: Tool; icon: ReactNode; on: boolean }) {
  const { label, hint, run } = useAction(tool)
  return (
    <Tooltip label={hint} position="right">
      <ActionIcon variant={on ? 'filled' : 'subtle'} color={on ? undefined : 'gray'} size="lg" aria-label={label} aria-pressed={on} onClick={run}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
})

/** What comes next, as it will be shown. */
export interface Ahead {
  input: WorkInput
  annotations: readonly Drawn[]
}

interface StageProps {
  project: number
  desk: Desk
  /** null: not known. */
  ahead?: Ahead | null
  colour: (concept: string) => string
}

/** The picture or the text, with what is said of all of it above and the concepts to give below. */
export function DeskStage({ project, desk, ahead = null, colour }: StageProps) {
  const { handsRef, behindRef } = desk
  const front = useFront(desk.input.id, ahead?.input.id ?? null)
  useLayoutEffect(() => {
    if (pends()) return // a key has turned them, and the desk follows
    if (handsRef.current !== null) raise(handsRef.current)
    if (behindRef.current !== null) lower(behindRef.current)
  })
  return (
    <div className="viewer-stage">
      <div className="faces">
        {[0, 1].map((place) => (
          <Face key={place} project={project} desk={desk} shows={place === front ? { input: desk.input, annotations: desk.shown } : ahead} front={place === front} colour={colour} />
        ))}
        {desk.input.kind === 'image' && desk.adjusting && <Adjust now={desk.adjustments} change={desk.setAdjustments} />}
      </div>
      <ConceptKeys concepts={desk.concepts} now={desk.concept} colour={colour} />
    </div>
  )
}

interface FaceProps {
  project: number
  desk: Desk
  shows: Ahead | null
  front: boolean
  colour: (concept: string) => string
}

function Face({ project, desk, shows, front, colour }: FaceProps) {
  const { input = null, annotations = NOTHING } = shows ?? {}
  const image = input?.kind === 'image'
  const { hovered, selected } = front ? desk : { hovered: null, selected: null }
  const looks = { annotations, colour, hovered, selected, onHover: desk.hover, onPick: desk.select }
  return (
    <div className="face" data-input={input?.id} data-kind={input?.kind}>
      <WholeInput {...looks} />
      <div className="viewer-picture" hidden={!image}>
        <EditCanvas
          {...looks}
          project={project}
          front={front}
          input={image ? input : null}
          handsRef={front ? desk.handsRef : desk.behindRef}
          tool={desk.tool}
          subject={front ? desk.subject : null}
          ink={colour((front ? desk.subject?.concept : undefined) ?? desk.concept)}
          filter={filterOf(desk.adjustments)}
          onDrawn={desk.drawn}
          onChanged={desk.changed}
        />
      </div>
      {input !== null && !image && (
        <div key={input.id} className="text-stage desk-text">
          <EditText {...looks} front={front} text={input.text ?? ''} marked={front ? desk.marked : null} onMark={desk.mark} />
        </div>
      )}
    </div>
  )
}

const NOTHING: readonly Drawn[] = []

/** Which of the two faces is seen: what was painted behind comes to the front when it is its turn. */
function useFront(now: number, ahead: number | null): number {
  const [was, set] = useState({ now, ahead, front: 0 })
  if (was.now === now && was.ahead === ahead) return was.front
  const front = was.now !== now && was.ahead === now ? 1 - was.front : was.front
  set({ now, ahead, front })
  return front
}

type TagsProps = Pick<EditTextProps, 'annotations' | 'colour' | 'hovered' | 'selected' | 'onHover' | 'onPick'>

/** What is said of the whole input, as chips over it. */
const WholeInput = memo(function WholeInput({ annotations, colour, hovered, selected, onHover, onPick }: TagsProps) {
  const tags = annotations.filter(({ region }) => region === null)
  if (tags.length === 0) return null
  return (
    <div className="tags desk-tags" role="group" aria-label="Said of the whole input">
      {tags.map(({ id, concept, score }) => (
        <UnstyledButton
          key={id}
          className="tag"
          data-on={id === hovered || id === selected || undefined}
          aria-pressed={id === selected}
          onMouseEnter={() => onHover(id)}
          onMouseLeave={() => onHover(null)}
          onClick={() => onPick(id === selected ? null : id)}
        >
          <span className="swatch" style={{ background: colour(concept) }} />
          {concept}
          {score !== null && <span className="numbers">{score.toFixed(2)}</span>}
        </UnstyledButton>
      ))}
    </div>
  )
})

const KEYS = 9

/** What the number keys give, to click as well. */
const ConceptKeys = memo(function ConceptKeys({ concepts, now, colour }: { concepts: readonly string[]; now: string; colour: (concept: string) => string }) {
  const find = useAction('change-concept')
  const board = useBoard()
  return (
    <div className="desk-concepts" role="group" aria-label="Concepts">
      {concepts.slice(0, KEYS).map((name, at) => (
        <UnstyledButton key={name} className="tag" aria-pressed={name === now} data-on={name === now || undefined} onClick={() => board.now.work?.concept(at + 1)}>
          <kbd aria-hidden>{at + 1}</kbd>
          <span className="swatch" style={{ background: colour(name) }} />
          <span className="ellipsis">{name}</span>
        </UnstyledButton>
      ))}
      <Tooltip label={find.hint}>
        <UnstyledButton className="tag" onClick={find.run}>
          <kbd aria-hidden>E</kbd> {concepts.length > KEYS ? `all ${many(concepts.length, 'concept')}` : 'find'}
        </UnstyledButton>
      </Tooltip>
    </div>
  )
})

const SLIDERS = [
  { name: 'brightness', label: 'Brightness' },
  { name: 'contrast', label: 'Contrast' },
  { name: 'saturation', label: 'Saturation' },
] as const

function Adjust({ now, change }: { now: Adjustments; change: (now: Adjustments) => void }) {
  return (
    <Stack className="desk-adjust" gap={6} role="group" aria-label="How the picture is shown">
      {SLIDERS.map(({ name, label }) => (
        <div key={name}>
          <Text size="xs">{label}</Text>
          <Slider
            size="sm"
            min={0.2}
            max={3}
            step={0.05}
            value={now[name]}
            label={(value) => value.toFixed(2)}
            thumbLabel={label}
            onChange={(value) => change({ ...now, [name]: value })}
          />
        </div>
      ))}
      <Switch size="xs" label="Invert" checked={now.invert} onChange={({ currentTarget }) => change({ ...now, invert: currentTarget.checked })} />
      <UnstyledButton className="text-link" fz="xs" onClick={() => change(AS_IT_IS)}>
        As it is
      </UnstyledButton>
    </Stack>
  )
}

import { Slider, Stack, Switch, Text, UnstyledButton } from '@mantine/core'
import {
  IconAdjustments, IconArrowBackUp, IconArrowForwardUp, IconArrowsMaximize, IconEye, IconEyeOff, IconHandStop, IconLayoutSidebarRight, IconPointer, IconPolygon, IconSquare, IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react'
import { ActionIcon, Tooltip } from '@mantine/core'
import { memo, type ReactNode, useState } from 'react'

import type { WorkInput } from '../api/work'
import type { Tool } from '../canvas/editor'
import type { Drawn } from '../canvas/shapes'
import { type Adjustments, AS_IT_IS, filterOf } from '../desk/adjust'
import { ActionButton, useAction, useBoard } from './controls'
import { EditCanvas } from './EditCanvas'
import { EditText } from './EditText'
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
  /** null: not known, or no picture. */
  ahead?: Ahead | null
  colour: (concept: string) => string
}

/** The picture or the text, with what is said of all of it above and the concepts to give below. */
export function DeskStage({ project, desk, ahead = null, colour }: StageProps) {
  const { input, shown, hovered, selected, hover, select } = desk
  const image = input.kind === 'image'
  const front = useFront(input.id, ahead?.input.id ?? null)
  const looks = { annotations: shown, colour, hovered, selected, onHover: hover, onPick: select }
  return (
    <div className="viewer-stage">
      <WholeInput desk={desk} colour={colour} />
      <div className="viewer-picture" hidden={!image}>
        {[0, 1].map((place) => (
          <EditCanvas
            key={place}
            {...(place === front ? looks : { annotations: ahead?.annotations ?? NOTHING, colour, hovered: null, selected: null, onHover: hover, onPick: select })}
            project={project}
            front={place === front}
            input={place === front ? (image ? input : null) : (ahead?.input ?? null)}
            handsRef={desk.handsRef}
            tool={desk.tool}
            subject={place === front ? desk.subject : null}
            ink={colour((place === front ? desk.subject?.concept : undefined) ?? desk.concept)}
            filter={filterOf(desk.adjustments)}
            onDrawn={desk.drawn}
            onChanged={desk.changed}
          />
        ))}
        {image && desk.adjusting && <Adjust now={desk.adjustments} change={desk.setAdjustments} />}
      </div>
      {!image && (
        <div className="text-stage desk-text">
          <EditText {...looks} text={input.text ?? ''} marked={desk.marked} onMark={desk.mark} />
        </div>
      )}
      <ConceptKeys concepts={desk.concepts} now={desk.concept} colour={colour} />
    </div>
  )
}

const NOTHING: readonly Drawn[] = []

/** Which of two canvases is seen: what was painted behind comes to the front when it is its turn. */
function useFront(now: number, ahead: number | null): number {
  const [was, set] = useState({ now, ahead, front: 0 })
  if (was.now === now && was.ahead === ahead) return was.front
  const front = was.now !== now && was.ahead === now ? 1 - was.front : was.front
  set({ now, ahead, front })
  return front
}

/** What is said of the whole input, as chips over it. */
function WholeInput({ desk, colour }: { desk: Desk; colour: (concept: string) => string }) {
  const tags = desk.shown.filter(({ region }) => region === null)
  if (tags.length === 0) return null
  return (
    <div className="tags desk-tags" role="group" aria-label="Said of the whole input">
      {tags.map(({ id, concept, score }) => (
        <UnstyledButton
          key={id}
          className="tag"
          data-on={id === desk.hovered || id === desk.selected || undefined}
          aria-pressed={id === desk.selected}
          onMouseEnter={() => desk.hover(id)}
          onMouseLeave={() => desk.hover(null)}
          onClick={() => desk.select(id === desk.selected ? null : id)}
        >
          <span className="swatch" style={{ background: colour(concept) }} />
          {concept}
          {score !== null && <span className="numbers">{score.toFixed(2)}</span>}
        </UnstyledButton>
      ))}
    </div>
  )
}

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

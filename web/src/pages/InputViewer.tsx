import { Badge, Group, Text, Tooltip, UnstyledButton } from '@mantine/core'
import {
  IconArrowLeft, IconArrowsMaximize, IconChevronLeft, IconChevronRight, IconEye, IconEyeOff, IconLayoutSidebarRight, IconZoomIn, IconZoomOut,
} from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { ViewerControls } from '../actions'
import { useInput } from '../api/inputs'
import type { Annotation, InputDetail } from '../api/types'
import type { Canvas } from '../canvas/canvas'
import { CanvasView } from '../parts/CanvasView'
import { ActionButton, useControls } from '../parts/controls'
import { PageHead, StatusBadge, Trouble, Waiting } from '../parts/states'
import { Story } from '../parts/Story'
import { Tags } from '../parts/Tags'
import { TextView } from '../parts/TextView'
import { many, neighbour } from '../parts/words'
import { useAddress, useColours, useFilter, useId } from './place'

const NONE: ReadonlySet<string> = new Set()

export function Component() {
  const project = useId('project')
  const id = useId('input')
  const [filter, , search] = useFilter()
  const found = useInput(project, id, filter)
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="The input" again={() => void found.refetch()} back={{ to: `/projects/${project}/inputs`, label: 'All inputs' }} />
  return <Viewer project={project} input={found.data} search={search} />
}

function Viewer({ project, input, search }: { project: number; input: InputDetail; search: string }) {
  const navigate = useNavigate()
  const colour = useColours(project)
  const canvas = useRef<Canvas | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(NONE)
  const [hovered, setHovered] = useState<number | null>(null)
  const [selected, setSelected] = useSelected(input.annotations)
  const [panel, setPanel] = useState(true)
  const { annotations, kind, previous, next } = input
  const concepts = useMemo(() => [...new Set(annotations.map(({ concept }) => concept))], [annotations])

  useControls(
    'viewer',
    useMemo<ViewerControls>(() => {
      const to = (one: number | null): (() => void) | null => (one === null ? null : () => void navigate(`/projects/${project}/inputs/${one}${search}`, { replace: true }))
      return {
        fit: () => canvas.current?.fit(),
        actualSize: () => canvas.current?.actualSize(),
        zoomBy: (factor) => canvas.current?.zoomBy(factor),
        pan: kind === 'image' ? (dx, dy) => canvas.current?.panBy(-dx, -dy) : null,
        step: (by) => {
          const visible = annotations.filter(({ concept }) => !hidden.has(concept))
          setSelected(visible[neighbour(visible.findIndex(({ id }) => id === selected), by, visible.length)]?.id ?? null)
        },
        hideAll: () => setHidden((before) => (before.size > 0 ? NONE : new Set(concepts))),
        panel: () => setPanel((before) => !before),
        previous: to(previous),
        next: to(next),
        back: () => void navigate(`/projects/${project}/inputs${search}`),
      }
    }, [annotations, kind, concepts, hidden, selected, setSelected, previous, next, navigate, project, search]),
  )

  const shown = { annotations, colour, hidden, hovered, selected, onHover: setHovered, onPick: setSelected }
  return (
    <div className="frame">
      <PageHead
        title={input.name}
        back={<ActionButton id="back" icon={<IconArrowLeft size={18} />} />}
        note={input.kind === 'image' ? `${input.width} × ${input.height}` : many(input.length ?? 0, 'character')}
      >
        {input.kind === 'image' && (
          <>
            <ActionButton id="zoom-out" icon={<IconZoomOut size={18} />} />
            <ActionButton id="zoom-in" icon={<IconZoomIn size={18} />} />
            <ActionButton id="fit" icon={<IconArrowsMaximize size={18} />} />
          </>
        )}
        <ActionButton id="hide-all" icon={hidden.size > 0 ? <IconEyeOff size={18} /> : <IconEye size={18} />} />
        <ActionButton id="previous" icon={<IconChevronLeft size={18} />} />
        <ActionButton id="next" icon={<IconChevronRight size={18} />} />
        <ActionButton id="panel" icon={<IconLayoutSidebarRight size={18} />} />
      </PageHead>
      <div className="viewer">
        <div className="viewer-stage">
          {input.kind === 'image' ? (
            <>
              <Tags {...shown} />
              <div className="viewer-picture">
                <CanvasView project={project} input={{ id: input.id, name: input.name, width: input.width ?? 1, height: input.height ?? 1 }} canvasRef={canvas} {...shown} />
              </div>
            </>
          ) : (
            <div className="text-stage">
              <Tags {...shown} />
              <TextView text={input.text ?? ''} {...shown} />
            </div>
          )}
        </div>
        {panel && (
          <aside className="viewer-panel" aria-label="Annotations">
            <Concepts concepts={concepts} annotations={annotations} colour={colour} hidden={hidden} setHidden={setHidden} />
            <List {...shown} hides={annotations.length > 0} annotations={annotations.filter(({ concept }) => !hidden.has(concept))} />
            {selected !== null && <Story key={selected} project={project} annotation={selected} />}
          </aside>
        )}
      </div>
    </div>
  )
}

/** What is selected stands in the address, so that a link shows it to somebody else. */
function useSelected(annotations: Annotation[]): [number | null, (id: number | null) => void] {
  const [search, setSearch] = useAddress()
  const said = Number(search.get('annotation'))
  const selected = annotations.some(({ id }) => id === said) ? said : null
  const select = useCallback(
    (id: number | null) =>
      setSearch(
        (now) => {
          if (id === null) now.delete('annotation')
          else now.set('annotation', String(id))
        },
        { replace: true },
      ),
    [setSearch],
  )
  return [selected, select]
}

interface ConceptsProps {
  concepts: string[]
  annotations: Annotation[]
  colour: (concept: string) => string
  hidden: ReadonlySet<string>
  setHidden: (hidden: ReadonlySet<string>) => void
}

function Concepts({ concepts, annotations, colour, hidden, setHidden }: ConceptsProps) {
  const flip = (concept: string): void => {
    const now = new Set(hidden)
    if (!now.delete(concept)) now.add(concept)
    setHidden(now)
  }
  if (concepts.length === 0) return null
  return (
    <Group gap={6} p="sm" style={{ borderBottom: '1px solid var(--lm-line)' }}>
      {concepts.map((concept) => (
        <Tooltip key={concept} label={hidden.has(concept) ? 'Show' : 'Hide'}>
          <UnstyledButton onClick={() => flip(concept)} aria-pressed={!hidden.has(concept)}>
            <Badge variant="default" radius="sm" tt="none" fw={500} opacity={hidden.has(concept) ? 0.5 : 1} leftSection={<span className="swatch" style={{ display: 'block', background: colour(concept) }} />}>
              {concept} {annotations.filter((one) => one.concept === concept).length}
            </Badge>
          </UnstyledButton>
        </Tooltip>
      ))}
    </Group>
  )
}

interface ListProps {
  annotations: Annotation[]
  colour: (concept: string) => string
  hovered: number | null
  selected: number | null
  onHover: (id: number | null) => void
  onPick: (id: number | null) => void
  /** Some are there and hidden. */
  hides: boolean
}

const MOST = 500

function List({ annotations, colour, hovered, selected, onHover, onPick, hides }: ListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  if (annotations.length === 0)
    return (
      <Text size="sm" c="dimmed" p="md">
        {hides ? 'All its concepts are hidden.' : 'Nothing is said of this input yet. A labeling task lets a model label it.'}
      </Text>
    )
  return (
    <div ref={list}>
      {annotations.slice(0, MOST).map((one) => (
        <UnstyledButton
          key={one.id}
          className="annotation"
          data-on={one.id === hovered || undefined}
          data-selected={one.id === selected || undefined}
          aria-pressed={one.id === selected}
          onMouseEnter={() => onHover(one.id)}
          onMouseLeave={() => onHover(null)}
          onClick={() => onPick(one.id === selected ? null : one.id)}
        >
          <span className="swatch" style={{ background: colour(one.concept) }} />
          <span style={{ flex: 1, minWidth: 0 }}>
            <Text size="sm" className="ellipsis" component="span" display="block">
              {one.present ? one.concept : `not ${one.concept}`}
            </Text>
            <Text size="xs" c="dimmed" className="ellipsis" component="span" display="block">
              {one.labeler}
              {one.region === null && ' · whole input'}
            </Text>
          </span>
          {one.score !== null && (
            <Text size="sm" className="numbers">
              {one.score.toFixed(2)}
            </Text>
          )}
          <StatusBadge status={one.status} />
        </UnstyledButton>
      ))}
      {annotations.length > MOST && (
        <Text size="xs" c="dimmed" p="sm">
          The first {MOST} of {annotations.length}; the others are on the picture.
        </Text>
      )}
    </div>
  )
}

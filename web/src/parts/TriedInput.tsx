import { Anchor, Stack, Text } from '@mantine/core'
import { useMemo, useRef, useState } from 'react'

import { useInput } from '../api/inputs'
import type { Band, Sample, Status, Thresholds } from '../api/types'
import type { Canvas } from '../canvas/canvas'
import { conceptColours } from '../canvas/colours'
import { BAND_NAMES, bandOf, limitsOf } from './bands'
import { CanvasView } from './CanvasView'
import { Trouble, Waiting } from './states'
import { TextView } from './TextView'

const DRAWN: Record<Band, Status> = { approved: 'success', review: 'awaiting_review', discarded: 'rejected' }
const NONE: ReadonlySet<string> = new Set()

interface Props {
  project: number
  id: number
  /** What a trial found on it. */
  said: readonly Sample[]
  /** The place in it of the one that was asked for. */
  at: number
  thresholds: Thresholds
}

/** An input as large as a dialog has room for, with all that a trial found on it. */
export function TriedInput({ project, id, said, at, thresholds }: Props) {
  const input = useInput(project, id, {})
  const canvas = useRef<Canvas | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const [selected, setSelected] = useState<number | null>(at)
  const colour = useMemo(() => conceptColours([...new Set(said.map(({ concept }) => concept))]), [said])
  const drawn = useMemo(() => said.map((one, no) => ({ ...one, id: no, status: DRAWN[bandOf(one.score, limitsOf(thresholds, one.concept))] })), [said, thresholds])
  if (input.isPending) return <Waiting />
  if (input.data === undefined) return <Trouble error={input.error} what="The input" again={() => void input.refetch()} />
  const { kind, name, width, height, text } = input.data
  const shown = { annotations: drawn, colour, hidden: NONE, hovered, selected, onHover: setHovered, onPick: setSelected }
  const one = said[hovered ?? selected ?? at]
  return (
    <Stack gap="xs">
      {kind === 'image' ? (
        <div className="viewer-stage" style={{ minHeight: '60vh' }}>
          <CanvasView project={project} input={{ id, name, width: width ?? 1, height: height ?? 1 }} {...shown} canvasRef={canvas} />
        </div>
      ) : (
        <div className="tried-text">
          <TextView text={text ?? ''} {...shown} />
        </div>
      )}
      <Text size="sm" role="status">
        {one && `${one.concept}, ${one.score.toFixed(2)}: ${BAND_NAMES[bandOf(one.score, limitsOf(thresholds, one.concept))]}. `}
        <Anchor href={`/projects/${project}/inputs/${id}`} target="_blank">
          Open {name}
        </Anchor>
      </Text>
    </Stack>
  )
}

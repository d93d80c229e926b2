import { UnstyledButton } from '@mantine/core'
import type { CSSProperties } from 'react'

import { thumbnailOf } from '../api/calls'
import type { Crop } from '../api/work'
import { around, pathOf, squareOf } from './crop'

interface Props {
  project: number
  crop: Crop
  ink: string
  /** The keys are here. */
  at: boolean
  wrong: boolean
  flip: () => void
  /** Its picture did not come; it is asked for anew when it is lost no more. */
  lost: boolean
  lose: () => void
}

const SHARP = 160
const WORDS = 60

/** One region cut out of its picture or text; pressed means wrong. */
export function CropTile({ project, crop, ink, at, wrong, flip, lost, lose }: Props) {
  const name = `${crop.score === null ? '' : crop.score.toFixed(2)} on input ${crop.input_id}`.trim()
  return (
    <UnstyledButton className="crop" data-at={at || undefined} data-wrong={wrong || undefined} aria-pressed={wrong} aria-label={name} tabIndex={-1} onClick={flip}>
      {crop.kind === 'image' ? <Picture project={project} crop={crop} ink={ink} lost={lost} lose={lose} /> : <Words crop={crop} ink={ink} />}
      <span className="crop-score numbers">{wrong ? 'wrong' : (crop.score?.toFixed(2) ?? 'by hand')}</span>
    </UnstyledButton>
  )
}

function Picture({ project, crop, ink, lost, lose }: Pick<Props, 'project' | 'crop' | 'ink' | 'lost' | 'lose'>) {
  const [width, height] = [crop.width ?? 1, crop.height ?? 1]
  const { left, top, side } = squareOf(crop)
  const needed = Math.min(1280, (Math.max(width, height) / side) * SHARP * devicePixelRatio)
  const share = (value: number): string => `${(value / side) * 100}%`
  if (lost)
    return (
      <span className="crop-picture">
        <span className="crop-lost">The picture does not come.</span>
      </span>
    )
  return (
    <span className="crop-picture">
      <img
        src={thumbnailOf(project, crop.input_id, needed)}
        alt=""
        decoding="async"
        draggable={false}
        onError={lose}
        style={{ width: share(width), height: share(height), left: share(-left), top: share(-top) }}
      />
      <svg viewBox={`${left} ${top} ${side} ${side}`} aria-hidden>
        <path d={pathOf(crop)} fill="none" stroke={ink} strokeWidth={2} vectorEffect="non-scaling-stroke" />
      </svg>
    </span>
  )
}

function Words({ crop, ink }: { crop: Crop; ink: string }) {
  const [before, words, after] = around(crop.text ?? '', crop.region, WORDS)
  return (
    <span className="crop-text" style={{ '--colour': ink } as CSSProperties}>
      {before}
      <mark>{words}</mark>
      {after}
    </span>
  )
}

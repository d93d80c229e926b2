import { Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type CSSProperties } from 'react'
import { Link } from 'react-router'

import { thumbnailOf } from '../api/calls'
import { useSamples } from '../api/queries'
import type { Limits, Sample } from '../api/types'
import { bandOf } from './bands'
import { squareOf } from './crop'

const SIDE = 84

/** What lies on either side of each limit: crops that make a number something to look at. */
export function Samples({ project, task, concept, limits }: { project: number; task: number; concept: string; limits: Limits }) {
  return (
    <Stack gap="sm">
      <Near project={project} task={task} concept={concept} limits={limits} near={limits.lower} words="Around the lower limit" />
      {limits.upper !== null && <Near project={project} task={task} concept={concept} limits={limits} near={limits.upper} words="Around the upper limit" />}
    </Stack>
  )
}

type NearProps = { project: number; task: number; concept: string; limits: Limits; near: number; words: string }

function Near({ project, task, concept, limits, near, words }: NearProps) {
  const [settled] = useDebouncedValue(near, 250)
  const found = useSamples(project, task, concept, settled)
  const items = [...(found.data?.items ?? [])].sort((a, b) => a.score - b.score)
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {words}, {settled}
      </Text>
      <Group gap={6}>
        {items.map((one, at) => (
          <Link key={at} to={`/projects/${project}/inputs/${one.input_id}?task_id=${task}`} className="sample" aria-label={one.kind === 'image' ? `${concept}, ${one.score.toFixed(2)}` : undefined}>
            <Crop project={project} sample={one} />
            <span className="sample-score" style={{ borderColor: `var(--lm-${bandOf(one.score, limits)})` }}>
              {one.score.toFixed(2)}
            </span>
          </Link>
        ))}
        {found.data && items.length === 0 && <Text size="xs">No score lies near.</Text>}
      </Group>
    </div>
  )
}

/** The region with a little around it, or the words. */
export function Crop({ project, sample }: { project: number; sample: Sample }) {
  if (sample.kind === 'text') return <span className="sample-text">{sample.text}</span>
  return <span className="sample-picture" style={cropStyle(thumbnailOf(project, sample.input_id, 640), sample)} />
}

/** The part of the picture around the region, as a background: one file serves all crops of an input. */
function cropStyle(address: string, sample: Sample): CSSProperties {
  const { left, top, side } = squareOf(sample)
  const scale = SIDE / side
  return {
    backgroundImage: `url("${address}")`,
    backgroundSize: `${(sample.width ?? 1) * scale}px ${(sample.height ?? 1) * scale}px`,
    backgroundPosition: `${-left * scale}px ${-top * scale}px`,
  }
}

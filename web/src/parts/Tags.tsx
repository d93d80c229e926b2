import { UnstyledButton } from '@mantine/core'

import type { Annotation } from '../api/types'
import type { Looked } from './looked'
import { STATUS_WORDS } from './words'

interface Props extends Looked {
  annotations: readonly Annotation[]
}

/** What is said of the whole input, as chips over it. */
export function Tags({ annotations, colour, hidden, hovered, selected, onHover, onPick }: Props) {
  const tags = annotations.filter(({ region, concept }) => region === null && !hidden.has(concept))
  if (tags.length === 0) return null
  return (
    <div className="tags" role="group" aria-label="Said of the whole input">
      {tags.map(({ id, concept, present, score, status }) => (
        <UnstyledButton
          key={id}
          className="tag"
          data-on={id === hovered || id === selected || undefined}
          aria-pressed={id === selected}
          title={STATUS_WORDS[status]}
          onMouseEnter={() => onHover(id)}
          onMouseLeave={() => onHover(null)}
          onClick={() => onPick(id === selected ? null : id)}
        >
          <span className="swatch" style={{ background: colour(concept) }} />
          {present ? concept : `not ${concept}`}
          {score !== null && <span className="numbers">{score.toFixed(2)}</span>}
        </UnstyledButton>
      ))}
    </div>
  )
}

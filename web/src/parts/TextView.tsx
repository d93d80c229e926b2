import { type CSSProperties, useMemo } from 'react'

import type { Drawn } from '../canvas/shapes'
import type { Looked } from './looked'
import { pieces } from './spans'

interface Props extends Looked {
  text: string
  annotations: readonly Drawn[]
}

/** A text with its spans marked; where they overlap the shortest is hovered, as the smallest region is on pictures. */
export function TextView({ text, annotations, colour, hidden, hovered, selected, onHover, onPick }: Props) {
  const parts = useMemo(() => {
    const spans = annotations.flatMap(({ id, concept, region }) => (region?.kind === 'span' && !hidden.has(concept) ? [{ id, concept, span: region.value }] : []))
    return pieces(text, spans)
  }, [text, annotations, hidden])
  return (
    <div className="text">
      {parts.map(({ from, words, spans: [span, ...others] }) =>
        span === undefined ? (
          <span key={from}>{words}</span>
        ) : (
          <mark
            key={from}
            className="span"
            title={[span, ...others].map(({ concept }) => concept).join(', ')}
            data-on={[span, ...others].some(({ id }) => id === hovered || id === selected) || undefined}
            style={{ '--colour': colour(span.concept) } as CSSProperties}
            onMouseEnter={() => onHover(span.id)}
            onMouseLeave={() => onHover(null)}
            onClick={() => onPick(span.id === selected ? null : span.id)}
          >
            {words}
          </mark>
        ),
      )}
    </div>
  )
}

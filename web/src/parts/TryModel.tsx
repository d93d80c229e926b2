import { Alert, Button, Group, Image, SimpleGrid, Stack, Text, Textarea, UnstyledButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'

import { thumbnailOf, tryModel } from '../api/calls'
import { useInputs } from '../api/inputs'
import { useConcepts } from '../api/queries'
import type { Input, Model, Prediction } from '../api/types'
import type { Canvas } from '../canvas/canvas'
import { conceptColours } from '../canvas/colours'
import { CanvasView } from './CanvasView'
import { TextView } from './TextView'

/** One model on one input, before any task is made; nothing is kept. */
export function TryModel({ project, model }: { project: number; model: Model }) {
  const texts = model.reads.includes('text')
  const pictures = model.reads.includes('image')
  const found = useInputs(project, texts && pictures ? {} : { kind: texts ? 'text' : 'image' })
  const items = found.data?.pages[0]?.items.slice(0, 12) ?? []
  const [chosen, setChosen] = useState<Input | null>(null)
  const [text, setText] = useState('')
  const attempt = useMutation({
    mutationFn: (input: Input | null) => tryModel(project, input === null ? { model: model.name, text } : { model: model.name, inputs: [input.id] }),
  })
  const answer = attempt.data?.items[0]
  const take = (input: Input): void => {
    setChosen(input)
    attempt.mutate(input)
  }
  return (
    <Stack>
      {texts && (
        <>
          <Textarea label="A text" autosize minRows={3} maxRows={10} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
          <Group>
            <Button disabled={text.trim() === ''} loading={attempt.isPending} onClick={() => {
              setChosen(null)
              attempt.mutate(null)
            }}>
              Try
            </Button>
            {items.length > 0 && (
              <Text size="sm" c="dimmed">
                or choose one of the inputs:
              </Text>
            )}
          </Group>
        </>
      )}
      {!texts && items.length === 0 && !found.isPending && <Text size="sm">Upload a picture to this project first, then try the model on it.</Text>}
      <SimpleGrid cols={6} spacing={6}>
        {items.map((input) => (
          <UnstyledButton key={input.id} className="choice" p={4} data-chosen={chosen?.id === input.id || undefined} aria-pressed={chosen?.id === input.id} onClick={() => take(input)}>
            {input.kind === 'image' ? (
              <Image src={thumbnailOf(project, input.id, 160)} alt={input.name} h={72} fit="cover" radius="xs" />
            ) : (
              <Text size="xs" lineClamp={3} h={54}>
                {input.text}
              </Text>
            )}
          </UnstyledButton>
        ))}
      </SimpleGrid>
      {attempt.isPending && (
        <Text size="sm" c="dimmed" role="status">
          The model is at work. The first time it has to be loaded.
        </Text>
      )}
      {(attempt.error ?? answer?.fault) && (
        <Alert color="red" variant="light" title="The model gave no answer">
          {attempt.error?.message ?? answer?.fault?.message}
        </Alert>
      )}
      {answer && !answer.fault && !attempt.isPending && <Answer project={project} model={model} input={chosen} text={chosen?.text ?? text} predictions={answer.predictions} />}
    </Stack>
  )
}

function Answer({ project, model, input, text, predictions }: { project: number; model: Model; input: Input | null; text: string; predictions: Prediction[] }) {
  const { data } = useConcepts(project)
  const colour = useMemo(() => conceptColours([...new Set([...(data ?? []), ...model.concepts])]), [data, model])
  const canvas = useRef<Canvas | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const drawn = useMemo(() => predictions.map((one, id) => ({ ...one, id, status: 'success' as const })), [predictions])
  const hidden = useMemo(() => new Set<string>(), [])
  const shown = { annotations: drawn, colour, hidden, hovered, selected: null, onHover: setHovered, onPick: setHovered }
  if (predictions.length === 0) return <Text size="sm">It finds nothing here.</Text>
  return (
    <Group align="stretch" wrap="nowrap">
      {input?.kind === 'image' && (
        <div className="viewer-stage" style={{ height: 380 }}>
          <CanvasView project={project} input={{ id: input.id, name: input.name, width: input.width ?? 1, height: input.height ?? 1 }} {...shown} canvasRef={canvas} />
        </div>
      )}
      {input?.kind !== 'image' && (
        <div className="tried-text">
          <TextView text={text} {...shown} />
        </div>
      )}
      <Stack gap={2} w={220} mah={380} style={{ overflowY: 'auto' }}>
        {drawn.slice(0, 100).map(({ id, concept, score }) => (
          <Group key={id} gap={8} wrap="nowrap" className="annotation" px={6} data-on={hovered === id || undefined} onMouseEnter={() => setHovered(id)} onMouseLeave={() => setHovered(null)}>
            <span className="swatch" style={{ background: colour(concept) }} />
            <Text size="sm" style={{ flex: 1 }} className="ellipsis">
              {concept}
            </Text>
            <Text size="sm" className="numbers">
              {score.toFixed(2)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Group>
  )
}

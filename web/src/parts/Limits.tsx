import { Checkbox, Group, NumberInput, Text } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'

import type { Limits } from '../api/types'
import { move, STEP, told } from './bands'
import classes from './limits.module.css'

interface Props {
  value: Limits
  onChange: (value: Limits) => void
  /** What the limits are for, for who cannot see the picture. */
  label: string
  /** The smallest lower limit: a run keeps nothing below its floor. */
  least?: number
  disabled?: boolean
  /** Over something tall: the limits are lines through it. */
  tall?: boolean
}

/** Two limits that can be dragged over whatever is drawn beneath: a track or a histogram. */
export function Handles({ value, onChange, label, least = 0, disabled = false, tall = false, children }: Props & { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null)
  const held = useRef<'lower' | 'upper' | null>(null)

  function at(event: PointerEvent): number {
    const { left, width } = (frame.current as HTMLDivElement).getBoundingClientRect()
    return Math.round((event.clientX - left) / width / STEP) * STEP
  }

  function take(event: PointerEvent): void {
    if (disabled) return
    const score = at(event)
    const upper = value.upper ?? 1
    const closer = Math.abs(score - value.lower) < Math.abs(score - upper) || (value.lower === upper && score < upper)
    held.current = closer || value.upper === null ? 'lower' : 'upper'
    frame.current?.setPointerCapture(event.pointerId)
    frame.current?.querySelector<HTMLElement>(`[data-limit=${held.current}]`)?.focus()
    onChange(move(value, held.current, score, least))
    event.preventDefault()
  }

  function key(event: KeyboardEvent, which: 'lower' | 'upper'): void {
    const steps: Record<string, number> = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP, PageUp: 0.1, PageDown: -0.1 }
    const now = value[which] ?? 1
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? 1 : steps[event.key] !== undefined ? now + (steps[event.key] as number) : null
    if (to === null || disabled) return
    event.preventDefault()
    event.stopPropagation()
    onChange(move(value, which, to, least))
  }

  const thumb = (which: 'lower' | 'upper', score: number) => (
    <div
      className={classes.thumb}
      data-limit={which}
      role="slider"
      tabIndex={disabled ? -1 : 0}
      aria-label={`${label}: ${which === 'lower' ? 'to a reviewer from' : 'approved from'}`}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={score}
      aria-disabled={disabled}
      style={{ left: `${score * 100}%` }}
      onKeyDown={(event) => key(event, which)}
    />
  )

  return (
    <div
      ref={frame}
      className={classes.handles}
      data-disabled={disabled || undefined}
      data-tall={tall || undefined}
      onPointerDown={take}
      onPointerMove={(event) => held.current !== null && onChange(move(value, held.current, at(event), least))}
      onPointerUp={() => (held.current = null)}
      onPointerCancel={() => (held.current = null)}
    >
      {children}
      {thumb('lower', value.lower)}
      {value.upper !== null && thumb('upper', value.upper)}
    </div>
  )
}

/** The bar in three colours. */
export function BandTrack({ value, height = 8 }: { value: Limits; height?: number }) {
  const upper = value.upper ?? 1
  const part = (name: string, from: number, to: number) => (
    <span style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%`, background: `var(--lm-${name})` }} />
  )
  return (
    <div className={classes.track} style={{ height }}>
      {part('discarded', 0, value.lower)}
      {part('review', value.lower, upper)}
      {value.upper !== null && part('approved', upper, 1)}
    </div>
  )
}

/** The two-thumb slider with typed values. */
export function ThresholdSlider(props: Props) {
  const { value, onChange, label, least = 0, disabled = false } = props
  return (
    <div>
      <Handles {...props}>
        <BandTrack value={value} />
      </Handles>
      <div className={classes.scale} aria-hidden>
        <span>0</span>
        <span>0.25</span>
        <span>0.5</span>
        <span>0.75</span>
        <span>1</span>
      </div>
      <Text size="xs" c="dimmed" mt={4} className="numbers">
        {told(value)}
      </Text>
      <Group gap="lg" mt="xs" align="flex-end">
        <Typed name="Reviewer from" label={label} value={value.lower} disabled={disabled} least={least} onChange={(to) => onChange(move(value, 'lower', to, least))} />
        <Typed
          name="Approved from"
          label={label}
          value={value.upper ?? 1}
          disabled={disabled || value.upper === null}
          least={least}
          onChange={(to) => onChange(move(value, 'upper', to, least))}
        />
        <Checkbox
          label="Never approve by itself"
          mb={7}
          checked={value.upper === null}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange(currentTarget.checked ? { ...value, upper: null } : { ...value, upper: Math.max(0.9, value.lower) })}
        />
      </Group>
    </div>
  )
}

interface TypedProps {
  name: string
  label: string
  value: number
  least: number
  disabled: boolean
  /** Without its name above it, as in a table. */
  bare?: boolean
  onChange: (value: number) => void
}

/** A limit in figures. It counts when one is done typing, as the figures on the way there are other limits. */
export function Typed({ name, label, value, least, disabled, bare = false, onChange }: TypedProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const take = (): void => {
    if (typed !== null && Number.isFinite(Number.parseFloat(typed))) onChange(Number.parseFloat(typed))
    setTyped(null)
  }
  const hear = (to: { value: string; floatValue: number | undefined }, { source }: { source: string }): void => {
    if (source === 'event') return setTyped(to.value)
    if (source === 'prop' || to.floatValue === undefined) return
    setTyped(null) // a step up or down is no figure on the way
    onChange(to.floatValue)
  }
  return (
    <NumberInput
      label={bare ? undefined : name}
      size={bare ? 'xs' : 'sm'}
      aria-label={`${label}: ${name.toLowerCase()}`}
      w={bare ? 75 : 110}
      min={least}
      max={1}
      step={STEP}
      decimalScale={3}
      fixedDecimalScale={false}
      clampBehavior="none"
      value={typed ?? value}
      disabled={disabled}
      onValueChange={hear}
      onBlur={take}
      onKeyDown={({ key }) => {
        if (key === 'Enter') take()
        if (key === 'Escape') setTyped(null)
      }}
    />
  )
}

/** What the three colours mean; shown wherever they first appear on a page. */
export function BandLegend() {
  return (
    <Group gap="md">
      {(['discarded', 'review', 'approved'] as const).map((band) => (
        <Group key={band} gap={6}>
          <span className={classes.dot} style={{ background: `var(--lm-${band})` }} />
          <Text size="xs" c="dimmed">
            {{ discarded: 'discarded', review: 'to a reviewer', approved: 'approved' }[band]}
          </Text>
        </Group>
      ))}
    </Group>
  )
}

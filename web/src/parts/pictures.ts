/** Pictures of inputs, decoded before they are looked at, so that the next one is there when the last is decided. */
import { useEffect, useState } from 'react'

import { fileOf, thumbnailOf } from '../api/calls'
import { Fault } from '../api/request'

/** Decoded pictures take memory: so many are kept, the longest unused goes first. */
const KEPT = 12
/** Longer side of what is prefetched; beyond it the whole file is read when somebody looks closer. */
const SIDE = 1280

interface Kept {
  done: ImageBitmap | null
  loading: Promise<ImageBitmap>
}

const kept = new Map<string, Kept>()

function keep(address: string): Kept {
  const known = kept.get(address)
  if (known !== undefined) {
    kept.delete(address)
    kept.set(address, known)
    return known
  }
  const loading = fetch(address, { credentials: 'same-origin' }).then(async (answer) => {
    if (!answer.ok) throw new Fault(answer.status, 'picture', `The picture was answered with ${answer.status}.`)
    return createImageBitmap(await answer.blob())
  })
  const fresh: Kept = { done: null, loading }
  kept.set(address, fresh)
  loading.then(
    (picture) => (fresh.done = picture),
    () => kept.delete(address), // it is asked for again when it is looked at
  )
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(oldest)
  }
  return fresh
}

/** Reads the pictures of inputs ahead; what fails now is read again when it is shown. */
export function prefetch(project: number, ids: readonly number[]): void {
  for (const id of ids) keep(thumbnailOf(project, id, SIDE))
}

/** In the place of a picture that never comes. */
const BLANK = document.createElement('canvas')
/** Milliseconds until a picture that did not come is asked for again. */
const AGAIN = 3_000

export interface Sharp {
  picture: CanvasImageSource | null
  /** It did not come `yet` and is asked for again, or `never` will. */
  lost: 'yet' | 'never' | null
}

/** The picture ready to paint: what was read ahead at once, the whole file when `close` and it holds more; null: none. */
export function useSharpPicture(project: number, input: { id: number; width: number; height: number } | null, close: boolean): Sharp {
  const id = input?.id ?? null
  const [, show] = useState<ImageBitmap | null>(null)
  const [lost, setLost] = useState<{ address: string; when: 'yet' | 'never' } | null>(null)
  const [whole, setWhole] = useState<{ id: number; picture: HTMLImageElement } | null>(null)
  const address = id === null ? null : thumbnailOf(project, id, SIDE)
  const sharper = close && input !== null && Math.max(input.width, input.height) > SIDE
  useEffect(() => {
    if (address === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let current = true
    const ask = (): void =>
      void keep(address).loading.then(
        (picture) => current && show(picture),
        (fault: Error) => {
          if (!current) return
          const when = passes(fault) ? 'yet' : 'never'
          setLost({ address, when })
          if (when === 'yet') timer = setTimeout(ask, AGAIN)
        },
      )
    ask()
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [address])
  useEffect(() => {
    if (!sharper || id === null) return
    let current = true
    const picture = new Image()
    picture.src = fileOf(project, id)
    picture.decode().then(
      () => current && setWhole({ id, picture }),
      () => undefined, // a kind that browsers cannot show: the server's copy stays
    )
    return () => {
      current = false
    }
  }, [project, id, sharper])
  const picture = whole !== null && whole.id === id ? whole.picture : (kept.get(address ?? '')?.done ?? null)
  const when = picture === null && lost?.address === address ? lost.when : null
  return { picture: when === 'never' ? BLANK : picture, lost: when }
}

/** A broken line or a busy server passes; a file that is gone, or that nothing can read, does not. */
function passes(fault: Error): boolean {
  if (fault instanceof Fault) return fault.status === 401 || fault.status === 429 || fault.status >= 500
  return fault instanceof TypeError
}

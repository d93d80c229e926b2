/** One way to the server: one base, one error shape, one header that proves the request comes from these pages. */
export const BASE = '/api/v1'

export class Fault extends Error {
  readonly status: number
  readonly kind: string

  constructor(status: number, kind: string, message: string) {
    super(message)
    this.status = status
    this.kind = kind
  }
}

/** Whether it is no more, or no more one's own: asking again will not help. */
export function isGone({ status }: Fault): boolean {
  return status === 403 || status === 404 || status === 409
}

let csrf: string | null = null

export function keepCsrf(token: string | null): void {
  csrf = token
}

function headers(): Record<string, string> {
  return csrf === null ? {} : { 'X-Labelmill-CSRF': csrf }
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const form = body instanceof FormData
  const typed = body === undefined || form ? headers() : { ...headers(), 'Content-Type': 'application/json' }
  // what is to be removed or given back is so even when the page goes
  const init: RequestInit = { method, headers: typed, credentials: 'same-origin', keepalive: method === 'DELETE' }
  if (body !== undefined) init.body = form ? body : JSON.stringify(body)
  let answer: Response
  try {
    answer = await fetch(BASE + path, init)
  } catch {
    throw unreachable()
  }
  if (answer.status === 204) return undefined as T
  const said: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw fault(answer.status, said)
  return said as T
}

/** As `request`, but tells how much has been sent, which fetch cannot. */
export function send<T>(path: string, form: FormData, sent: (share: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('POST', BASE + path)
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value)
    call.responseType = 'json'
    call.upload.onprogress = ({ loaded, total }) => sent(total > 0 ? loaded / total : 0)
    call.onload = () => (call.status < 300 ? resolve(call.response as T) : reject(fault(call.status, call.response)))
    call.onerror = () => reject(unreachable())
    call.onabort = () => reject(new Fault(0, 'stopped', 'The upload was stopped.'))
    signal.addEventListener('abort', () => call.abort())
    call.send(form)
  })
}

function unreachable(): Fault {
  return new Fault(0, 'unreachable', 'The server cannot be reached. Is it running? This page tries again by itself.')
}

function fault(status: number, said: unknown): Fault {
  const error = (said as { error?: { kind?: string; message?: string } } | null)?.error
  return new Fault(status, error?.kind ?? 'unknown', error?.message ?? `The server answered with ${status} and no reason.`)
}

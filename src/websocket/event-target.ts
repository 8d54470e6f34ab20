import type { CloseEvent, ErrorEvent, MessageEvent } from 'undici'

/** The events of a websocket by name, see https://websockets.spec.whatwg.org */
export interface WebSocketEvents {
  readonly open: Event
  readonly message: MessageEvent
  readonly error: ErrorEvent
  readonly close: CloseEvent
}

type Listener<Name extends keyof WebSocketEvents> = (event: WebSocketEvents[Name]) => void
type AnyListener = Parameters<EventTarget['addEventListener']>[1]
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2]

/** An `EventTarget` for the events of a websocket and their `on…` attributes. */
export class WebSocketEventTarget extends EventTarget {
  readonly #attributes = new Map<string, unknown>()
  readonly #onListener: (type: string) => void

  /** @param onListener called with the event type whenever a listener is added */
  constructor(onListener: (type: string) => void) {
    super()
    this.#onListener = onListener
  }

  get onopen(): Listener<'open'> | null {
    return this.#attribute('open')
  }

  set onopen(listener: Listener<'open'> | null) {
    this.#setAttribute('open', listener)
  }

  get onmessage(): Listener<'message'> | null {
    return this.#attribute('message')
  }

  set onmessage(listener: Listener<'message'> | null) {
    this.#setAttribute('message', listener)
  }

  get onerror(): Listener<'error'> | null {
    return this.#attribute('error')
  }

  set onerror(listener: Listener<'error'> | null) {
    this.#setAttribute('error', listener)
  }

  get onclose(): Listener<'close'> | null {
    return this.#attribute('close')
  }

  set onclose(listener: Listener<'close'> | null) {
    this.#setAttribute('close', listener)
  }

  override addEventListener<Name extends keyof WebSocketEvents>(
    type: Name,
    listener: Listener<Name>,
    options?: ListenerOptions,
  ): void
  override addEventListener(type: string, listener: AnyListener, options?: ListenerOptions): void
  override addEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    // Safe cast: each overload takes a listener.
    super.addEventListener(type, listener as AnyListener, options)
    this.#onListener(type)
  }

  override removeEventListener<Name extends keyof WebSocketEvents>(
    type: Name,
    listener: Listener<Name>,
    options?: ListenerOptions,
  ): void
  override removeEventListener(type: string, listener: AnyListener, options?: ListenerOptions): void
  override removeEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    // Safe cast: as above.
    super.removeEventListener(type, listener as AnyListener, options)
  }

  #attribute<Name extends keyof WebSocketEvents>(name: Name): Listener<Name> | null {
    // Safe cast: #setAttribute() stores listeners by this name only.
    return (this.#attributes.get(name) as Listener<Name> | undefined) ?? null
  }

  #setAttribute<Name extends keyof WebSocketEvents>(name: Name, listener: Listener<Name> | null): void {
    const previous = this.#attribute(name)
    if (previous !== null) this.removeEventListener(name, previous)
    this.#attributes.delete(name)
    if (typeof listener !== 'function') return
    this.#attributes.set(name, listener)
    this.addEventListener(name, listener)
  }
}

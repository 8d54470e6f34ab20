import { type GapEvent, ReconnectingStream } from '../../events/stream.ts'
import type { GuestEvent } from '../../guest.ts'
import type { AnyEvent, Event } from '../../rest.ts'

export type { GapEvent }

/** An event of one of these types, or a gap between two events. */
export type EventOf<Type> = GapEvent | MatchingEvent<Type, AnyEvent | GuestEvent>

// Filters the union of all events by type.
type MatchingEvent<Type, Any> =
  Any extends Event<infer Types, infer Metadata>
    ? [Type & Types] extends [never]
      ? never
      : Event<Type & Types, Metadata>
    : never

/** The events of a server as they arrive; see {@link events}. */
export class EventStream<Type> extends ReconnectingStream<EventOf<Type>> {}

import type { DomainEvent, Instant, Position, Recorded, StreamName, StreamVersion } from '@conference/kernel';
import type { EventStore, StoredEvent } from '@conference/ports';
import { type EventDecoder, recorded, UndecodableEvent } from './event-codec.ts';

/** A state as a stream's events left it, and the last of them. */
export type StateAsOf<S> = { readonly state: S; readonly version: StreamVersion; readonly position: Position };

/** A stream's past, from its own events. Pages are read one at a time: a long stream takes no more memory than a short one. */
export interface StreamHistory<S, E extends DomainEvent> {
  /**
   * After the last event that was not later than `at`, by the events' own time, which never decreases within a stream;
   * undefined before the first one. Folded by the decider that decided then: there is no second set of rules.
   */
  asOf(stream: StreamName, at: Instant): Promise<StateAsOf<S> | undefined>;
  /** From a version on, oldest first, at most so many. */
  events(stream: StreamName, range: { readonly from: StreamVersion; readonly maxCount: number }): Promise<readonly Recorded<E>[]>;
}

/** Throws {@link UndecodableEvent} for an event that the decoder does not know: a past with holes would be another past. */
export const streamHistory = <S, E extends DomainEvent>(options: {
  readonly eventStore: EventStore;
  readonly decoder: EventDecoder<NoInfer<E>>;
  readonly decider: { readonly initialState: S; readonly evolve: (state: S, event: E) => S };
}): StreamHistory<S, E> => {
  const { eventStore, decoder, decider } = options;
  const decoded = (stored: StoredEvent): E => {
    const event = decoder.decode(stored);
    if (event === undefined) throw new UndecodableEvent(`${stored.streamName} holds ${stored.type}, which is not in the catalog`);
    return event;
  };
  return {
    asOf: async (stream, at) => {
      let found: StateAsOf<S> | undefined;
      for await (const page of eventStore.readStream(stream)) {
        for (const stored of page) {
          if (stored.metadata.occurredAt > at) return found;
          const state = decider.evolve(found?.state ?? decider.initialState, decoded(stored));
          found = { state, version: stored.streamVersion, position: stored.position };
        }
      }
      return found;
    },
    events: async (stream, range) => {
      const events: Recorded<E>[] = [];
      for await (const page of eventStore.readStream(stream, range))
        for (const stored of page) events.push(recorded(stored, decoded(stored)));
      return events;
    },
  };
};

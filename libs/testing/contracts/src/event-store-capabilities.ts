/** Where engines differ within the port. The suite proves each entry, in both directions where that is possible. */
export interface EventStoreCapabilities {
  /** Nobody else writes to the store under test: its feed without categories has only the test's events. */
  readonly exclusive: boolean;
  /** The positions of consecutive events are consecutive numbers; elsewhere they have holes. */
  readonly densePositions: boolean;
  /** A waiting subscription reports a new position also when all that came was filtered out. */
  readonly reportsFilteredLive: boolean;
}

/** Every engine of this repository, for its contract spec and for the table in the documentation. */
export const eventStoreCapabilities = {
  memory: { exclusive: true, densePositions: true, reportsFilteredLive: true },
  sqlite: { exclusive: true, densePositions: true, reportsFilteredLive: true },
  eventstoredb: { exclusive: false, densePositions: false, reportsFilteredLive: false },
} as const satisfies Readonly<Record<string, EventStoreCapabilities>>;

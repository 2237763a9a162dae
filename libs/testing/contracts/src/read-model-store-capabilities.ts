/** What an engine promises beyond the port. */
export interface ReadModelStoreCapabilities {
  /** A fenced commit leaves no document behind. Without it documents may be ahead of the checkpoint, which is harmless. */
  readonly fencedWritesNothing: boolean;
}
export const readModelStoreCapabilities: ReadModelStoreCapabilities = { fencedWritesNothing: true };

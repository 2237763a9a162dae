import type { Json, Position, StreamVersion } from '@conference/kernel';

/** What a stream's events (or its snapshot) say about a command that was accepted. */
export type AcceptedCommand = { readonly streamVersion: StreamVersion; readonly position: Position; readonly requestHash?: string };

/**
 * The commands found in a stream. Bounded where the stream is endless and its rules recognise a repeat by themselves
 * (the hot aggregate's request numbers); otherwise it remembers all, so that the guarantee has no end date.
 */
export interface CommandLog {
  get(commandId: string): AcceptedCommand | undefined;
  add(commandId: string, accepted: AcceptedCommand): void;
  toJson(): Json;
}

export const commandLog = (remember: number, saved: Json = []): CommandLog => {
  const accepted = new Map<string, AcceptedCommand>();
  const log: CommandLog = {
    get: (commandId) => accepted.get(commandId),
    add: (commandId, entry) => {
      accepted.set(commandId, entry);
      if (accepted.size <= remember) return;
      const { value: oldest } = accepted.keys().next();
      if (oldest !== undefined) accepted.delete(oldest);
    },
    toJson: () => [...accepted].map(([id, { streamVersion, position, requestHash }]) => [id, streamVersion, position, requestHash ?? null]),
  };
  for (const [id, streamVersion, position, requestHash] of saved as [string, number, Position, string | null][])
    log.add(id, { streamVersion, position, ...(requestHash === null ? {} : { requestHash }) });
  return log;
};

/** What the server keeps on its disk, and the rules by which it takes an append. It outlives a restart of the server. */

export interface LoggedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Of its record in the log: grows, with holes. */
  readonly position: bigint;
  /** 100 ns since 1970. */
  readonly createdTicks: bigint;
}
export type ProposedEvent = Pick<LoggedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

export type ExpectedRevision =
  | { readonly kind: 'exact'; readonly revision: number }
  | { readonly kind: 'no-stream' | 'any' | 'stream-exists' };

export type AppendOutcome =
  /** `position` is undefined where nothing was proposed. */
  | { readonly status: 'success'; readonly revision: number; readonly position: bigint | undefined }
  /** `current` is -1 where there is no stream. */
  | { readonly status: 'wrong-expected-version'; readonly current: number };

export interface EventLog {
  readonly events: readonly LoggedEvent[];
  append(stream: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): AppendOutcome;
  /** In the order of revisions, without what `$maxCount` and `$tb` hide. Undefined when there is no such stream. */
  read(stream: string): readonly LoggedEvent[] | undefined;
  /** The index in {@link events} of the first event behind a position. */
  indexAfter(position: bigint): number;
  /** Resolves with the next append, or when `signal` is aborted. */
  nextAppend(signal: AbortSignal): Promise<void>;
  /** What a restart loses: the ids by which a repeat with `any` is recognised. */
  forgetRecentIds(): void;
}

/** A record has a header, and its strings are in UTF-16: so positions never look like numbers of events. */
const recordBytes = (event: ProposedEvent, stream: string): number =>
  96 + 2 * stream.length + 2 * event.type.length + event.data.length + event.metadata.length;

export const createEventLog = (): EventLog => {
  const events: LoggedEvent[] = [];
  const streams = new Map<string, LoggedEvent[]>();
  /** One entry for an id, whatever the stream: the same id in another stream takes its place. */
  const recent = new Map<string, LoggedEvent>();
  const waiting = new Set<() => void>();
  let end = 0n;

  const write = (stream: string, proposed: readonly ProposedEvent[]): AppendOutcome => {
    const written = streams.get(stream) ?? [];
    streams.set(stream, written);
    const createdTicks = BigInt(Date.now()) * 10_000n;
    for (const event of proposed) {
      const logged: LoggedEvent = { ...event, stream, revision: written.length, position: end, createdTicks };
      end += BigInt(recordBytes(event, stream));
      written.push(logged);
      events.push(logged);
      recent.set(event.id, logged);
    }
    for (const wake of [...waiting]) wake();
    return outcomeAt(written.at(-1));
  };
  const repeatOf = (stream: string, proposed: readonly ProposedEvent[]): AppendOutcome | undefined => {
    const first = recent.get(proposed[0]?.id ?? '');
    if (first === undefined || first.stream !== stream) return undefined;
    return sameAt(streams.get(stream) ?? [], first.revision, proposed);
  };

  return {
    events,
    append(stream, expected, proposed) {
      const written = streams.get(stream) ?? [];
      const current = written.length - 1;
      const refused: AppendOutcome = { status: 'wrong-expected-version', current };
      if (expected.kind === 'any' || expected.kind === 'stream-exists') {
        if (expected.kind === 'stream-exists' && current < 0) return refused;
        return repeatOf(stream, proposed) ?? write(stream, proposed);
      }
      const revision = expected.kind === 'exact' ? expected.revision : -1;
      if (revision > current) return refused;
      if (revision < current) return sameAt(written, revision + 1, proposed) ?? refused;
      return write(stream, proposed);
    },
    read(stream) {
      const written = streams.get(stream);
      if (written === undefined) return undefined;
      const { maxCount, truncateBefore } = limitsOf(streams.get(`$$${stream}`)?.at(-1));
      return written.slice(Math.max(truncateBefore, written.length - maxCount));
    },
    indexAfter(position) {
      let [low, high] = [0, events.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((events[middle]?.position ?? 0n) <= position) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    nextAppend: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        if (signal.aborted) return resolve();
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
    forgetRecentIds: () => recent.clear(),
  };
};

/** The outcome of then when exactly these ids are there, in this order; a part of them is nothing. */
const sameAt = (written: readonly LoggedEvent[], from: number, proposed: readonly ProposedEvent[]): AppendOutcome | undefined => {
  const there = written.slice(from, from + proposed.length);
  const isSame = there.length === proposed.length && there.every((event, index) => event.id === proposed[index]?.id);
  return isSame ? outcomeAt(there.at(-1)) : undefined;
};

const outcomeAt = (last: LoggedEvent | undefined): AppendOutcome => ({
  status: 'success',
  revision: last?.revision ?? -1,
  position: last?.position,
});

const limitsOf = (metadata: LoggedEvent | undefined): { readonly maxCount: number; readonly truncateBefore: number } => {
  const { $maxCount, $tb }: { readonly $maxCount?: number; readonly $tb?: number } =
    metadata === undefined ? {} : JSON.parse(Buffer.from(metadata.data).toString('utf8'));
  return { maxCount: $maxCount ?? Number.POSITIVE_INFINITY, truncateBefore: $tb ?? 0 };
};

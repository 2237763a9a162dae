import { categoryOf, type DomainEvent, type JsonObject, origin, type Position, type Projection, type Recorded } from '@conference/kernel';
import type { Build, FeedBatch, ReadModelStore, StoredEvent, Timer, Versioned } from '@conference/ports';
import { Fenced } from './checkpoints.ts';
import { type EventDecoder, recorded } from './event-codec.ts';

const cachedDocumentsMax = 500;
const idleSaveMs = 500;
/**
 * Of one commit of a writer that catches up. A document changes several times within so many events, and is then written once;
 * twice as many win little more, and hold requests up for longer.
 */
const gatheredEventsMax = 2_000;

type Read<E extends DomainEvent> = { readonly stored: StoredEvent; readonly event: Recorded<E>; readonly ids: readonly string[] };

/** Documents of the last batches, so that a hot one is not loaded for each batch. Only as good as the fence: dropped when fenced. */
const documentCache = <Doc extends JsonObject>() => {
  const documents = new Map<string, Versioned<Doc>>();
  return {
    get: (id: string) => documents.get(id),
    set: (id: string, document: Versioned<Doc>): void => {
      documents.delete(id);
      documents.set(id, document);
      if (documents.size <= cachedDocumentsMax) return;
      const { value: oldest } = documents.keys().next();
      if (oldest !== undefined) documents.delete(oldest);
    },
    clear: () => documents.clear(),
  };
};

export interface BuildWriter {
  /**
   * Applies a batch and moves the checkpoint; throws {@link Fenced}. `gathering`: more follows at once, so what was applied
   * may wait in memory for a larger commit; the next call without it writes all.
   */
  apply(batch: FeedBatch, gathering?: boolean): Promise<void>;
  checkpoint(): Promise<Position>;
  /** Whether what was saved is still there: an emptied server is at an earlier position, and no event may come to tell. */
  isIntact(): Promise<boolean>;
}

export const buildWriter = <Doc extends JsonObject, E extends DomainEvent>(options: {
  readonly projection: Projection<Doc, E>;
  readonly codec: EventDecoder<E>;
  readonly store: ReadModelStore;
  readonly build: Build<Doc>;
  readonly timer: Timer;
  readonly onPoison: (stored: StoredEvent, error: unknown) => Promise<void>;
  readonly onWritten: (id: string, document: Doc | undefined) => void;
}): BuildWriter => {
  const { projection, codec, store, build, timer, onPoison } = options;
  const cache = documentCache<Doc>();
  let saved: Position = origin;
  let savedAt = 0;
  /** Applied and not written yet. */
  let gathered = new Map<string, Versioned<Doc>>();
  let gatheredEvents = 0;

  /** The documents that a batch touches; those it does not hold in memory come in one read. */
  const load = async (ids: ReadonlySet<string>): Promise<Map<string, Versioned<Doc>>> => {
    const documents = new Map<string, Versioned<Doc>>();
    const missing: string[] = [];
    for (const id of ids) {
      const cached = gathered.get(id) ?? cache.get(id);
      if (cached === undefined) missing.push(id);
      else documents.set(id, cached);
    }
    if (missing.length > 0) for (const [id, document] of await store.load(build, missing)) documents.set(id, document);
    return documents;
  };

  const evolved = (before: Versioned<Doc> | undefined, event: Recorded<E>, id: string): Versioned<Doc> | undefined => {
    const { position, stream, streamVersion } = event;
    if (before !== undefined && position <= before.position) return undefined; // a repeat
    const document = projection.evolve(before?.document, event, id);
    const version = categoryOf(stream) === projection.versionFrom ? streamVersion : before?.version;
    return version === undefined ? { document, position } : { document, position, version };
  };

  const readable = async (batch: FeedBatch): Promise<readonly Read<E>[]> => {
    const found: Read<E>[] = [];
    for (const stored of batch.events) {
      try {
        const decoded = codec.decode(stored);
        if (decoded === undefined) continue;
        const event = recorded(stored, decoded);
        const ids = projection.idsOf(event);
        if (ids.length > 0) found.push({ stored, event, ids });
      } catch (error) {
        await onPoison(stored, error);
      }
    }
    return found;
  };

  const writesOf = async (batch: FeedBatch): Promise<Map<string, Versioned<Doc>>> => {
    const events = await readable(batch);
    const documents = await load(new Set(events.flatMap(({ ids }) => ids)));
    const writes = new Map<string, Versioned<Doc>>();
    for (const { stored, event, ids } of events) {
      try {
        const changes = ids.map((id) => [id, evolved(documents.get(id), event, id)] as const);
        for (const [id, after] of changes) {
          if (after === undefined || (after.document === undefined && documents.get(id) === undefined)) continue;
          documents.set(id, after);
          writes.set(id, after);
        }
      } catch (error) {
        await onPoison(stored, error);
      }
    }
    return writes;
  };

  const nowMs = (): number => Date.parse(timer.now());

  return {
    checkpoint: async () => {
      saved = await store.checkpoint(build);
      cache.clear();
      gathered = new Map();
      gatheredEvents = 0;
      return saved;
    },
    isIntact: async () => {
      const reached = saved;
      return (await store.checkpoint(build)) >= reached;
    },
    apply: async (batch, gathering = false) => {
      for (const [id, written] of await writesOf(batch)) gathered.set(id, written);
      gatheredEvents += batch.events.length;
      if (gathering && gatheredEvents < gatheredEventsMax) return;
      const writes = gathered;
      gathered = new Map();
      gatheredEvents = 0;
      // An empty step is worth a write only now and then; after a crash a few events are looked at once more.
      if (writes.size === 0 && nowMs() - savedAt < idleSaveMs) return;
      const result = await store.commit(build, { writes, after: saved, position: batch.position });
      if (result === 'fenced') throw new Fenced(projection.collection.name);
      saved = batch.position;
      savedAt = nowMs();
      for (const [id, written] of writes) {
        cache.set(id, written);
        options.onWritten(id, written.document);
      }
    },
  };
};

import type { Position } from '@conference/kernel';
import { collection } from '@conference/kernel';
import type { Build, ReadModelStore } from '@conference/ports';

/** A second runner moved the checkpoint: this one has nothing more to say. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** A collection that holds no documents, for its checkpoint. */
type NoDocument = Record<string, never>;

/** The checkpoint of a consumer that writes no documents of its own. Moved by compare-and-set. */
export interface Checkpoint {
  load(): Promise<Position>;
  /** Throws {@link Fenced}. After any other error it may have been moved or not: call it again, with the same `after`. */
  save(after: Position, position: Position): Promise<void>;
}

export const checkpointOf = (store: ReadModelStore, consumer: string): Checkpoint => {
  let opened: Build<NoDocument> | undefined;
  /** Moves whose answers were lost: a checkpoint found there was moved by this one, and by nobody else. */
  const unsure = new Set<Position>();
  const create = async (): Promise<Build<NoDocument>> => {
    opened = await store.create(collection<NoDocument>()({ name: `checkpoint-${consumer}`, version: 1, indexes: {} }), 'only');
    return opened;
  };
  const open = async (): Promise<Build<NoDocument>> => opened ?? create();
  const move = async (after: Position, position: Position): Promise<boolean> => {
    try {
      return (await store.commit(await open(), { writes: new Map(), after, position })) === 'committed';
    } catch (error) {
      unsure.add(position);
      throw error;
    }
  };
  const moveFromUnsure = async (position: Position): Promise<boolean> => {
    const current = await store.checkpoint(await open());
    return unsure.has(current) && (current === position || (await move(current, position)));
  };
  return {
    // Created anew where a server has lost it: it would fence for ever.
    load: async () => store.checkpoint(await create()),
    save: async (after, position) => {
      if (!(await move(after, position)) && !(unsure.size > 0 && (await moveFromUnsure(position)))) throw new Fenced(consumer);
      unsure.clear();
    },
  };
};

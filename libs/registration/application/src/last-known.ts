import type { JsonObject } from '@conference/kernel';
import { EngineUnavailable, type Timer } from '@conference/ports';
import { endsWithin } from '@conference/runtime';

/** How long a document that is known already is waited for. */
const patienceMs = 1_000;

export interface LastKnown<Doc> {
  /**
   * As it is now, or while it cannot be read in time as it was read last. Throws what the read threw where this process has not
   * read it.
   */
  get(id: string): Promise<Doc | undefined>;
  /** Read by another query. */
  saw(id: string, document: Doc): void;
}

/** Documents that outlive their store for a while, so that orders can be taken while the read models are away; at most `max` of them. */
export const lastKnown = <Doc extends JsonObject>(options: {
  readonly read: (id: string) => Promise<Doc | undefined>;
  readonly timer: Timer;
  readonly max: number;
}): LastKnown<Doc> => {
  const { timer, max } = options;
  /** Read last, last. */
  const known = new Map<string, Doc>();
  const saw = (id: string, document: Doc): void => {
    known.delete(id);
    known.set(id, document);
    const { value: oldest } = known.keys().next();
    if (known.size > max && oldest !== undefined) known.delete(oldest);
  };
  const read = async (id: string): Promise<Doc | undefined> => {
    const document = await options.read(id);
    if (document === undefined) known.delete(id);
    else saw(id, document);
    return document;
  };
  const get = async (id: string): Promise<Doc | undefined> => {
    const before = known.get(id);
    if (before === undefined) return read(id);
    const reading = read(id);
    if (!(await endsWithin(reading, patienceMs, timer))) return before;
    try {
      return await reading;
    } catch (error) {
      if (error instanceof EngineUnavailable) return before;
      throw error;
    }
  };
  return { get, saw };
};

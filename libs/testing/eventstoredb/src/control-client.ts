import { type FaultRequest, stateSchema } from './control.ts';
import type { EventStoreDoubleState } from './double.ts';

/** The other end of the control channel of a double that runs as a process. */
export interface Control {
  readonly controlUrl: string;
  /** Resolves when it has happened, or has begun to; rejects for what is no fault, and when there is no process. */
  fault(fault: FaultRequest): Promise<void>;
  state(): Promise<EventStoreDoubleState>;
}

export const controlAt = (controlUrl: string): Control => {
  const send = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${controlUrl}${path}`, init);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`the double of EventStoreDB: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    controlUrl,
    async fault(fault) {
      await send('/faults', { method: 'POST', body: JSON.stringify(fault) });
    },
    state: async () => stateSchema.parse(await send('/state', {})),
  };
};

import type { CallbackOutcome, OutgoingCallback, ProcessorCallback } from '@conference/payments-application';
import type { Simulation } from '@conference/testing-simulation';
import type { CallbackNetwork } from './workload.ts';

/** What lies between the processor and the payments service. */
export interface CallbackLine {
  /** Resolves when the processor may forget the call-back; throws when it has to repeat it. */
  deliver(callback: OutgoingCallback): Promise<void>;
  /** On their way. */
  pending(): number;
  calmDown(): void;
}

const repeatAfterMs = 1_000;

/**
 * Call-backs get lost, come twice, late, and - where each finds its own way - in any order; every one of them arrives at
 * least once. The line belongs to the third party: it does not die with the service.
 */
export const callbackLine = (
  sim: Simulation,
  network: CallbackNetwork,
  receive: (callback: ProcessorCallback) => Promise<CallbackOutcome>,
): CallbackLine => {
  const chance = sim.chance.fork('callbacks');
  let isCalm = false;
  let pending = 0;
  const happens = (probability: number): boolean => !isCalm && probability > 0 && chance.chance(probability);
  const pause = (): Promise<void> => sim.timer.sleep(isCalm ? 5 : chance.exponential(network.delayMsMean));

  const attempt = async ({ webhookId, type, paymentId }: OutgoingCallback): Promise<void> => {
    await pause();
    if (happens(network.lost)) throw new Error('the call-back is lost');
    const outcome = await receive({ webhookId, type, paymentId });
    sim.trace.add(`call-back ${type} of ${paymentId}: ${outcome}`);
    if (outcome === 'busy') throw new Error('the service is busy');
    if (happens(network.answerLost)) throw new Error('the answer is lost');
  };
  const untilAnswered = async (callback: OutgoingCallback): Promise<void> => {
    pending += 1;
    for (let isAnswered = false; !isAnswered; ) {
      isAnswered = await attempt(callback).then(
        () => true,
        () => false,
      );
      if (!isAnswered) await sim.timer.sleep(repeatAfterMs);
    }
    pending -= 1;
  };
  const later = (callback: OutgoingCallback): void => sim.spawn('call-back', () => untilAnswered(callback));

  return {
    deliver: async (callback) => {
      if (happens(network.doubled)) later(callback);
      if (network.order === 'spooled' && !isCalm) return later(callback);
      return attempt(callback);
    },
    pending: () => pending,
    calmDown: () => {
      isCalm = true;
    },
  };
};

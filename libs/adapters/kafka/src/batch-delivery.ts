import type { InboundBatch, Timer } from '@conference/ports';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { messageOfRecord } from './envelope.ts';

export interface BatchDelivery {
  readonly timer: Timer;
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
  readonly isPaused: () => boolean;
  readonly handle: (batch: InboundBatch) => Promise<void>;
  /** Called with each call of `handle`. */
  readonly track: (work: Promise<void>) => Promise<void>;
}

const batchMax = 100;
const retryPausesMs = [100, 400, 1_000, 2_000] as const;

/** Hands over what was fetched, and commits each batch after `handle` has resolved. What is not resolved is fetched again. */
export const deliver = async (consumer: Consumer, payload: EachBatchPayload, delivery: BatchDelivery): Promise<void> => {
  const { batch, resolveOffset, heartbeat } = payload;
  const { topic, partition } = batch;
  for (let from = 0; from < batch.messages.length; from += batchMax) {
    const records = batch.messages.slice(from, from + batchMax);
    const last = records.at(-1);
    if (last === undefined || !(await handled(payload, records, delivery))) return;
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last.offset) + 1n) }]);
    resolveOffset(last.offset);
    await heartbeat();
  }
};

/** False when the batch is not to be handled now. Throws when the group has gone on without this member: then it joins again. */
const handled = async (payload: EachBatchPayload, records: readonly KafkaMessage[], delivery: BatchDelivery): Promise<boolean> => {
  const { timer, signal, isPaused, handle, track } = delivery;
  const { topic, partition } = payload.batch;
  const messages = records.map((record) => messageOfRecord(record, `${topic}/${partition}/${record.offset}`));
  for (let failures = 0; ; failures++) {
    if (signal.aborted || isPaused() || !payload.isRunning() || payload.isStale()) return false;
    const { hasWorked } = await alive(payload, delivery, track((async () => handle({ topic, messages }))()));
    if (hasWorked) return true;
    const { lost } = await alive(payload, delivery, timer.sleep(retryPausesMs[failures] ?? 2_000, { signal }));
    if (lost !== undefined) throw lost;
  }
};

/** Heartbeats while `work` goes on, and says which of them failed last: after work that succeeded, the commit tells the same. */
const alive = async (
  payload: EachBatchPayload,
  { timer, heartbeatMs }: BatchDelivery,
  work: Promise<void>,
): Promise<{ readonly hasWorked: boolean; readonly lost: unknown }> => {
  const done = new AbortController();
  let lost: unknown;
  const beating = (async () => {
    for (;;) {
      await timer.sleep(heartbeatMs, { signal: done.signal });
      if (done.signal.aborted) return;
      lost = await payload.heartbeat().then(
        () => undefined,
        (error: unknown) => error,
      );
    }
  })();
  const hasWorked = await work.then(
    () => true,
    () => false,
  );
  done.abort();
  await beating;
  return { hasWorked, lost };
};

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 50;
const answerMsMax = 1_000;

/** Resolves when the broker at the port of loopback, without a login, names itself as one of a cluster; before it, it serves nobody. */
export const untilBrokerAnswers = async (port: number, signal: AbortSignal): Promise<void> => {
  while ((await brokersNamedBy(port)) === 0) await sleep(pauseMs, undefined, { signal });
};

/** 0 also when there is no answer. */
const brokersNamedBy = async (port: number): Promise<number> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerMsMax) });
    socket.write(metadataRequest);
    let answer = Buffer.alloc(0);
    for await (const chunk of socket.iterator({ destroyOnReturn: true })) {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 12) return answer.readInt32BE(8);
    }
    return 0;
  } catch {
    return 0;
  } finally {
    socket.destroy();
  }
};

/** Size, then Metadata, version 1, a correlation, no client, no topic: the answer is a size, the correlation and the number of brokers. */
const metadataRequest = Buffer.from('0000000e' + '0003' + '0001' + '00000001' + 'ffff' + '00000000', 'hex');

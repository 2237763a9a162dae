import { setTimeout } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { EventStoreDbTimes } from './event-store.ts';
import { EventStoreUnusable, kindOf, oneLine } from './failure.ts';
import type { Trouble } from './troubles.ts';

/**
 * Resolves when the server answers and lets us read what the services need. Tries for a while, since it may be about to start; throws
 * {@link EventStoreUnusable} then, and at once where trying again is of no use.
 */
export const untilUsable = async ({ check, address }: Connection, times: EventStoreDbTimes, trouble: Trouble): Promise<void> => {
  const patience = AbortSignal.timeout(times.openMs);
  const [firstMs, longestMs] = times.backoffMs;
  const begun = performance.now();
  for (let pauseMs = firstMs; ; pauseMs = Math.min(2 * pauseMs, longestMs)) {
    try {
      const leftMs = times.openMs - (performance.now() - begun);
      await check(Math.max(firstMs, Math.min(times.appendMs, leftMs)));
      return trouble.isOver();
    } catch (error) {
      const unusable = unusableBy(error, address.shown);
      if (kindOf(error) !== 'away') throw unusable;
      trouble.begins('away', `${oneLine(unusable)}; trying for ${times.openMs} ms`);
      await setTimeout(pauseMs, undefined, { signal: patience }).catch(() => undefined);
      if (patience.aborted) throw unusable;
    }
  }
};

const unusableBy = (error: unknown, shown: string): EventStoreUnusable => {
  const where = `EVENTSTORE_URL ${shown}`;
  if (kindOf(error) === 'access-denied')
    return new EventStoreUnusable(`${where}: the server refuses these credentials, or they may not read $all`, { cause: error });
  return new EventStoreUnusable(`${where}: the server does not answer: ${oneLine(error)}${hintOf(oneLine(error))}`, { cause: error });
};

/** What a client says of the wrong protocol is not what one would look for. */
const hintOf = (message: string): string => {
  if (/wrong version number|packet length too long|EPROTO/i.test(message)) return ' (it does not speak TLS: add ?tls=false to the address)';
  if (/ServerName to an IP address/.test(message)) return ' (over TLS the address must have the name of the host, not its number)';
  if (/certificate/i.test(message)) return ' (the certificate of its authority belongs into ?tlsCAFile=<path>)';
  if (/Protocol error|ECONNRESET|hang up|Failed to connect|Parse Error|NGHTTP2|dropped/i.test(message))
    return ' (is this the port of an EventStoreDB, and does it speak TLS as ?tls= says?)';
  return '';
};

import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { EventLog } from './log.ts';

export interface EventFilter {
  readonly matches: (log: EventLog, index: number) => boolean;
  /** A checkpoint is sent after so many events, whether they matched or not. */
  readonly checkpointEvents: number;
}

/** The server looks at its log in windows of this many events. */
const windowEvents = 32;

export const filterOf = (options: streams.ReadReq.Options.FilterOptions): EventFilter => {
  const byType = options.getEventType();
  const expression = byType ?? options.getStreamIdentifier();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const isWanted = (text: string): boolean => (prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text));
  return {
    matches: (log, index) => isWanted(byType === undefined ? log.streamAt(index) : log.eventAt(index).type),
    checkpointEvents: windowEvents * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
};

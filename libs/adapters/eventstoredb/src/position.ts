import { origin, type Position } from '@conference/kernel';
import type { LogPosition } from './driver.ts';

/** Both numbers have 64 bits. */
const width = 20;
const pattern = /^(\d{20})\/(\d{20})$/;
/** How a server says that it does not know. */
const unknown = 0xffff_ffff_ffff_ffffn;

const padded = (number: bigint): string => number.toString().padStart(width, '0');

/** Undefined for a position that the server does not know. */
export const positionOf = (position: LogPosition | undefined): Position | undefined =>
  position === undefined || position.commit === unknown
    ? undefined
    : (`${padded(position.commit)}/${padded(position.prepare)}` as Position);

/** Undefined for the origin. Throws for what another store gave out: a checkpoint of it means nothing here. */
export const logPositionOf = (position: Position): LogPosition | undefined => {
  if (position === origin) return undefined;
  const [, commit, prepare] = pattern.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) throw new RangeError(`not a position of EventStoreDB: ${JSON.stringify(position)}`);
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
};

export const later = (one: Position, other: Position | undefined): Position => (other !== undefined && other > one ? other : one);

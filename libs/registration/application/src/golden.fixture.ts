import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@conference/kernel';
import { type OwnEvent, ownCodec } from './catalog.ts';

type Golden = { readonly file: string; readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };
export const goldenFolder = new URL('../golden/', import.meta.url);

/** A sample of every version of an event that was ever written. */
export const golden: readonly Golden[] = readdirSync(goldenFolder)
  .filter((file) => /\.v\d+\..*json$/.test(file))
  .map((file) => ({ file, ...(JSON.parse(readFileSync(new URL(file, goldenFolder), 'utf8')) as Omit<Golden, 'file'>) }));

/** The same as events of today. */
export const sampleEvents: readonly OwnEvent[] = golden.flatMap((stored) => ownCodec.decode(stored) ?? []);

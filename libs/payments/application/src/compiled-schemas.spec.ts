// The fast way of reading events is only another way to read them.
import { goldenFiles, readsTheSame } from '@conference/testing-spec';
import { describe } from 'vitest';
import { z } from 'zod';
import { storedEvents } from './catalog.ts';

/** Throws for a schema that cannot be compiled, and would be read slowly without a word. */
const compiled = (described: { readonly [type: string]: { readonly schema: z.ZodType } }) =>
  Object.fromEntries(
    Object.entries(described).map(([type, { schema }]) => [type, { schema, compiled: z.compile(schema, { strict: true }) }]),
  );

describe('Of the events of payments', () =>
  readsTheSame(
    Object.assign({}, ...Object.values(storedEvents).map((described) => compiled(described))),
    goldenFiles(new URL('../golden/', import.meta.url)),
  ));

// The fast way of reading events and messages is only another way to read them.
import { publicMessages as conferenceMessages } from '@conference/conference-management-contracts';
import { publicMessages as paymentMessages } from '@conference/payments-contracts';
import { publicMessages as registrationMessages } from '@conference/registration-contracts';
import { goldenFiles, readsTheSame } from '@conference/testing-spec';
import { describe } from 'vitest';
import { z } from 'zod';
import { storedEvents } from './catalog.ts';

/** Throws for a schema that cannot be compiled, and would be read slowly without a word. */
const compiled = (described: { readonly [type: string]: { readonly schema: z.ZodType } }) =>
  Object.fromEntries(
    Object.entries(described).map(([type, { schema }]) => [type, { schema, compiled: z.compile(schema, { strict: true }) }]),
  );
const golden = (folder: string) => goldenFiles(new URL(`../../../${folder}/golden/`, import.meta.url));

describe('Of the events of registration', () =>
  readsTheSame(
    Object.assign({}, ...Object.values(storedEvents).map((described) => compiled(described))),
    golden('registration/application'),
  ));
describe('Of the messages of registration', () => readsTheSame(compiled(registrationMessages), golden('registration/contracts')));
describe('Of the messages of payments', () => readsTheSame(compiled(paymentMessages), golden('payments/contracts')));
describe('Of the messages of conference management', () =>
  readsTheSame(compiled(conferenceMessages), golden('conference-management/contracts')));

import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import { type Journal, type SystemClient, serviceNames } from '../journey/index.ts';
import { askServices, joined, type Subjects, subjectsOfEvents, subjectsOfJournal } from './ask-services.ts';
import { examine, type RuleResult } from './check.ts';
import { readEvents, secretsOf } from './data-folder.ts';
import type { EventsOfServices, SystemFacts } from './facts.ts';
import { factsFromEvents } from './facts-from-events.ts';

export interface Sources {
  readonly system: SystemClient;
  /** Where the services keep their stores: then the events are looked at too. */
  readonly dataDir?: string;
  /** Where the events are, when not in the embedded stores of the data folder. */
  readonly events?: () => Promise<EventsOfServices>;
  /** Read again each time, so it may still be growing. */
  readonly journal?: () => Journal;
  /** `everything` also asks the services for what only the events know; needs a data folder. Default: the journal. */
  readonly asking?: 'everything' | 'journal';
}

const nothing: Subjects = { conferences: [], orders: [], payments: [] };

/** What the sources say now. `isQuiet` is the caller's claim: that nothing is under way. */
export const gatherFacts = async (sources: Sources, options: { readonly isQuiet: boolean }): Promise<SystemFacts> => {
  const { system, dataDir, asking = 'journal' } = sources;
  const journal = sources.journal?.();
  const { tokenSecret, operatorToken } = secretsOf(dataDir);
  const known = journal === undefined ? nothing : subjectsOfJournal(journal);
  const readNow = sources.events ?? (dataDir === undefined ? undefined : async () => readEvents(dataDir));
  const recorded = async (): Promise<SystemFacts['recorded']> => {
    const events = await readNow?.();
    if (events === undefined) return undefined;
    return factsFromEvents({ ...events, conferenceManagement: events['conference-management'] }, options).recorded;
  };
  const before = asking === 'everything' ? await recorded() : undefined;
  const found = before === undefined || tokenSecret === undefined ? nothing : subjectsOfEvents(before.events, tokenSecret);
  const answered = await askServices(system, joined(known, found), operatorToken);
  const after = await recorded();
  return {
    ...options,
    now: new Date().toISOString() as Instant,
    answered,
    ...(after === undefined ? {} : { recorded: after }),
    ...(journal === undefined ? {} : { journal }),
  };
};

const pollMs = 150;

/** Where every projection of every service is; undefined while one of them is behind. */
const positions = async (system: SystemClient, operatorToken: string): Promise<string | undefined> => {
  const all = await Promise.all(serviceNames.map((service) => system.operator(service, operatorToken).projections()));
  if (all.flat().some(({ lag }) => lag > 0)) return undefined;
  return all
    .flat()
    .map(({ name, position }) => `${name}=${position}`)
    .join(' ');
};

/** Until no projection is behind and none has moved for a moment; without the operator's token there is nothing to look at. */
const awaitStandstill = async ({ system, dataDir }: Sources, giveUpAt: number): Promise<void> => {
  const { operatorToken } = secretsOf(dataDir);
  if (operatorToken === undefined) return;
  let last: string | undefined;
  while (performance.now() < giveUpAt) {
    const now = await positions(system, operatorToken);
    if (now !== undefined && now === last) return;
    last = now;
    await sleep(pollMs);
  }
};

export type Settled = { readonly facts: SystemFacts; readonly results: readonly RuleResult[]; readonly findings: number };

/**
 * Waits until the system is quiet and examines it as such. What is still under way looks like a finding, and goes away by
 * itself; so findings count when they are still there after `withinMs`. Resolves at once when there are none.
 */
export const settle = async (sources: Sources, options: { readonly withinMs: number }): Promise<Settled> => {
  const giveUpAt = performance.now() + options.withinMs;
  for (;;) {
    await awaitStandstill(sources, giveUpAt);
    const facts = await gatherFacts(sources, { isQuiet: true });
    const results = examine(facts);
    const findings = results.reduce((sum, { findings: found }) => sum + found.length, 0);
    if (findings === 0 || performance.now() >= giveUpAt) return { facts, results, findings };
    await sleep(pollMs);
  }
};

import type { StoredEvent } from '@conference/ports';
import type { ReadModelDisk } from '@conference/testing-memory';
import { check, type Finding, factsFromEvents, type JournalWriter, type SystemFacts } from '@conference/tools';
import { askEverything } from './answers.ts';
import type { World } from './world.ts';

/** Nothing happens for so long: longer than a lease, a pause before a repetition, a wait for a gap. */
const quietMs = 15_000;
const stepMs = 3_000;
/** A sleep that began before it was calm may still end this late. */
const lateSleepMs = 61_000;
/** After the last order has to be over. */
const afterLastDeadlineMs = 5_000;
const liveness = { virtualMs: 15 * 60_000 };

const eventCount = ({ hosts }: World): number => hosts.reduce((sum, { events }) => sum + events.events.length, 0);

const recordedFacts = (world: World, journal: JournalWriter, isQuiet: boolean): SystemFacts => {
  const { conferenceManagement, registration, payments, sim } = world;
  const now = registration.service.epoch?.timer.now() ?? sim.timer.now();
  return factsFromEvents(
    {
      conferenceManagement: conferenceManagement.events.events,
      registration: registration.events.events,
      payments: payments.events.events,
    },
    { isQuiet, now, journal: journal.entries() },
  );
};

const reportOf = (findings: readonly Finding[]): string =>
  findings.map(({ rule, invariant, subject, detail }) => `\n  ${invariant} ${rule}: ${subject}: ${detail}`).join('');

/** What must never be, at any moment: looked at while everything goes wrong. */
export const assertSafe = (world: World, journal: JournalWriter): void => {
  const findings = check(recordedFacts(world, journal, false));
  if (findings.length > 0) throw world.sim.failure(`what must never be:${reportOf(findings)}`);
};

/** What is still going on; undefined when nothing is. */
const underWay = ({ hosts, callbacks }: World): string | undefined => {
  if (callbacks.pending() > 0) return `${callbacks.pending()} call-backs are on their way`;
  for (const { application, service } of hosts) {
    const status = application()?.runtime.status();
    if (status === undefined) return `${service.name} is down`;
    if (!status.caughtUpOnce) return `${service.name} has not caught up`;
    const behind = status.projections.find(({ lag }) => lag > 0);
    if (behind !== undefined) return `${service.name}: ${behind.name} is ${behind.lag} events behind`;
  }
  return undefined;
};

const isOpen = ({ state }: { readonly state: string }): boolean => state !== 'confirmed' && state !== 'expired' && state !== 'cancelled';

/** How long until every order that is still open has to be over; 0 when none is. */
const untilLastDeadline = (facts: SystemFacts): number => {
  const open = (facts.recorded?.orders ?? []).filter(isOpen);
  const last = open.map(({ releaseAt = '' }) => Date.parse(releaseAt)).reduce((a, b) => Math.max(a, b), 0);
  return open.length === 0 ? 0 : Math.max(1, last - Date.parse(facts.now ?? '') + afterLastDeadlineMs);
};

/** Lets time pass until nothing happens any more and no order is open; a failure when that does not come. */
export const awaitQuiet = async (world: World, journal: JournalWriter): Promise<void> => {
  const { sim } = world;
  const giveUpAt = sim.elapsedMs() + liveness.virtualMs + untilLastDeadline(recordedFacts(world, journal, false));
  if ((sim.options.faults['timer-late'] ?? 0) > 0) await sim.run(sim.elapsedMs() + lateSleepMs);
  for (let count = -1, since = sim.elapsedMs(); ; ) {
    await sim.run(sim.elapsedMs() + stepMs);
    const reason = underWay(world);
    if (eventCount(world) !== count || reason !== undefined) [count, since] = [eventCount(world), sim.elapsedMs()];
    if (sim.elapsedMs() - since >= quietMs) {
      const wait = untilLastDeadline(recordedFacts(world, journal, false));
      if (wait === 0) return;
      if (sim.elapsedMs() < giveUpAt) await sim.run(sim.elapsedMs() + wait);
    }
    if (sim.elapsedMs() >= giveUpAt) {
      const findings = check(recordedFacts(world, journal, true));
      throw sim.failure(`it does not come to rest: ${reason ?? 'orders stay open, or events go on'}${reportOf(findings)}`);
    }
  }
};

/** At rest everything adds up, and every service says so too. */
export const assertSettled = async (world: World, journal: JournalWriter): Promise<SystemFacts> => {
  const facts = recordedFacts(world, journal, true);
  const { recorded } = facts;
  const answered = await world.sim.complete(
    askEverything(world, {
      conferences: journal.entries().conferences,
      orders: recorded?.orders.map(({ id }) => id) ?? [],
      payments: recorded?.payments.map(({ id }) => id) ?? [],
    }),
  );
  const findings = check({ ...facts, answered });
  if (findings.length > 0) throw world.sim.failure(`at rest it does not add up:${reportOf(findings)}`);
  return { ...facts, answered };
};

type Documents = ReadonlyMap<string, string>;

/** What queries see, by collection and id; checkpoints and abandoned builds are nobody's answer. */
const documentsOf = ({ builds, active }: ReadModelDisk): Documents => {
  const documents = new Map<string, string>();
  for (const [collection, build] of active) {
    // A note of which builds may go: of this store, and not of the events.
    if (collection.startsWith('superseded-builds.')) continue;
    for (const [id, { body, position, version }] of builds.get(`${collection}.${build}`)?.documents ?? [])
      documents.set(`${collection}/${id}`, `${position} ${version ?? '-'} ${body ?? 'deleted'}`);
  }
  return documents;
};

const difference = (before: Documents, after: Documents): string | undefined => {
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id), after.get(id)];
    if (was !== is) return `${id}\n    was   ${was}\n    anew  ${is}`;
  }
  return undefined;
};

/**
 * Read models are a fold of the log and never a source: without any of them, checkpoints included, every service comes to
 * the same documents again, and to no new event (I4, I5, I9).
 */
export const assertRebuildable = async (world: World): Promise<void> => {
  const { sim, hosts } = world;
  const before = hosts.map((host) => documentsOf(host.readModels()));
  const counts = hosts.map(({ events }) => events.events.length);
  for (const host of hosts) {
    host.service.crash();
    host.loseReadModels();
    host.service.start();
  }
  await sim.run(() => underWay(world) === undefined, liveness);
  await sim.run(sim.elapsedMs() + quietMs);
  for (const [index, host] of hosts.entries()) {
    const { name } = host.service;
    const added: readonly StoredEvent[] = host.events.events.slice(counts[index]);
    if (added.length > 0)
      throw sim.failure(
        `${name}: without read models there are new events:${added.map(({ streamName, type }) => `\n  ${streamName} ${type}`).join('')}`,
      );
    const found = difference(before[index] ?? new Map(), documentsOf(host.readModels()));
    if (found !== undefined) throw sim.failure(`${name}: a read model is not the fold of the log: ${found}`);
  }
};

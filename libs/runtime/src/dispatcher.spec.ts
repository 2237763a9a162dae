import { type CommandRejected, origin } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import { createEventDisk, memoryEventStore } from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { contextOf, idAt } from './account.fixture.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { dispatchOf, reactionOf, type SendCommand } from './dispatcher.ts';
import { Transient } from './keyed-consumer.ts';
import { silent } from './log.ts';
import { processManagerRunner } from './process-manager-runner.ts';
import {
  processStream,
  round,
  type TabCommand,
  type TabEvent,
  type TabInput,
  tabCodec,
  tabProcess,
  tabStream,
} from './tab-process.fixture.ts';
import { uuidv5 } from './uuid.ts';

const setUp = (sim: Simulation = simulation({ seed: 1 })) => {
  const disk = createEventDisk();
  const eventStore = memoryEventStore({ clock: sim.timer, disk });
  const makeRunner = () =>
    processManagerRunner({ process: tabProcess, codec: tabCodec, eventStore, timer: sim.timer, random: sim.chance.random, log: silent });
  const runner = makeRunner();
  let events = 0;
  const happened = async (event: TabEvent): Promise<StoredEvent> => {
    const version = disk.streams.get(tabStream)?.length ?? 0;
    const metadata = { ...contextOf(idAt(events)), traceparent: `the trace ${events}`, occurredAt: sim.timer.now() };
    await eventStore.append(tabStream, version === 0 ? 'no-stream' : version - 1, [
      { eventId: idAt(1_000 + events++), ...tabCodec.encode(event), metadata },
    ]);
    const stored = disk.streams.get(tabStream)?.at(-1);
    if (stored === undefined) throw new Error('not stored');
    return stored;
  };
  const steps = () => (disk.streams.get(processStream) ?? []).map(({ data }) => data);
  const inputs = () => steps().map((data) => (data['input'] as { message: { type: string } }).message.type);
  const commandsSent = () =>
    steps().flatMap((data) => (data['commands'] as readonly { command: TabCommand }[]).map(({ command }) => command));
  return { sim, disk, eventStore, runner, makeRunner, happened, steps, inputs, commandsSent };
};

const outcome = (status: 'accepted' | 'busy' | 'rejected' | 'stale'): CommandOutcome<unknown, { readonly code: string }> => {
  switch (status) {
    case 'accepted':
      return { status, streamVersion: 0, position: origin, state: undefined };
    case 'rejected':
      return { status, reason: { code: 'too-much' } };
    case 'stale':
      return { status, current: 0 };
    case 'busy':
      return { status };
  }
};
test('a refused command comes back as an input, with an id that derives from it, and the others are sent all the same', async () => {
  const { happened, runner, inputs, disk } = setUp();
  await runner.handleEvent(await happened(round(5)));
  const sent: string[] = [];
  const dispatch = dispatchOf<TabInput, TabCommand>(runner, async (command, { commandId, traceparent }) => {
    sent.push(commandId);
    expect(traceparent).toBe('the trace 0');
    return outcome(command.type === 'Charge' && command.data.price === 5 ? 'rejected' : 'accepted');
  });
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  await dispatch(step, false);
  expect(inputs()).toEqual(['Round', 'CommandRejected']);
  expect(sent).toHaveLength(2);
  expect(disk.streams.get(processStream)?.map(({ metadata }) => metadata.traceparent)).toEqual(['the trace 0', 'the trace 0']);
  const rejected = (disk.streams.get(processStream)?.[1]?.data['input'] ?? {}) as {
    readonly id: string;
    readonly message: CommandRejected;
    readonly causationId: string;
  };
  expect(rejected).toMatchObject({
    id: uuidv5(String(sent[0]), 'rejected'),
    causationId: sent[0],
    message: { data: { commandId: sent[0], code: 'too-much' } },
  });
});

test('a command whose refusal the process knows is not sent again: what was refused then could be accepted now', async () => {
  const { happened, runner, makeRunner, inputs, disk } = setUp();
  await runner.handleEvent(await happened(round(5)));
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  await dispatchOf<TabInput, TabCommand>(runner, async () => outcome('rejected'))(step, false);
  expect(inputs()).toEqual(['Round', 'CommandRejected', 'CommandRejected']);
  const sentAgain: string[] = [];
  const afterCrash = dispatchOf<TabInput, TabCommand>(makeRunner(), async (command) => {
    sentAgain.push(command.type);
    return outcome('accepted');
  });
  await afterCrash(step, true);
  expect(sentAgain).toEqual([]);
});

test('a refusal that another instance has recorded is final too, whatever this one remembers of the stream', async () => {
  const { happened, runner, makeRunner, inputs, disk } = setUp();
  await runner.handleEvent(await happened(round(5))); // in memory here, as it was then
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  let answers = 0;
  const elsewhere = dispatchOf<TabInput, TabCommand>(makeRunner(), async () => {
    if (++answers === 2) throw new Error('killed');
    return outcome('rejected');
  });
  await expect(elsewhere(step, false)).rejects.toThrow('killed');
  expect(inputs()).toEqual(['Round', 'CommandRejected']);
  const sent: TabCommand[] = [];
  const takingOver = dispatchOf<TabInput, TabCommand>(runner, async (command) => {
    sent.push(command);
    return outcome('accepted');
  });
  await takingOver(step, true);
  expect(sent).toEqual([{ type: 'Charge', data: { tab: 't', price: 1 } }]);
});

test('a refusal that nobody recorded was none: after a crash the command is sent again', async () => {
  const { happened, runner, makeRunner, inputs, disk } = setUp();
  await runner.handleEvent(await happened(round(5)));
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  const dying = { ...runner, handleInput: () => Promise.reject(new Error('killed')) };
  await expect(dispatchOf<TabInput, TabCommand>(dying, async () => outcome('rejected'))(step, false)).rejects.toThrow('killed');
  let sent = 0;
  const afterCrash = dispatchOf<TabInput, TabCommand>(makeRunner(), async () => {
    sent += 1;
    return outcome('accepted');
  });
  await afterCrash(step, true);
  expect([sent, inputs()]).toEqual([2, ['Round']]);
});

test('for what nobody can have sent before, nothing is read', async () => {
  const { happened, runner, disk } = setUp();
  await runner.handleEvent(await happened(round(5)));
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  let reads = 0;
  const counting = {
    ...runner,
    inputsAfter: (stored: StoredEvent) => {
      reads += 1;
      return runner.inputsAfter(stored);
    },
  };
  const dispatch = dispatchOf<TabInput, TabCommand>(counting, async () => outcome('accepted'));
  await dispatch(step, false);
  expect(reads).toBe(0);
  await dispatch(step, true);
  expect(reads).toBe(1);
});

test('a busy target is transient, and an answer that cannot be is an error', async () => {
  const { happened, runner, disk } = setUp();
  await runner.handleEvent(await happened(round(5)));
  const [step] = disk.streams.get(processStream) ?? [];
  if (step === undefined) throw new Error('nothing was decided');
  await expect(dispatchOf(runner, async () => outcome('busy'))(step, false)).rejects.toBeInstanceOf(Transient);
  await expect(dispatchOf(runner, async () => outcome('stale'))(step, false)).rejects.toThrow('answered stale');
});

test("a policy's commands have ids that derive from the event, and a refusal is an error to be parked", async () => {
  const { happened } = setUp();
  const stored = await happened(round(5));
  const sent: string[] = [];
  const policy = {
    name: 'HouseRule',
    categories: ['Tab'],
    react: () => [1, 2].map((price) => ({ type: 'Charge' as const, data: { tab: 't', price } })),
  };
  const send: SendCommand<TabCommand> = async (_, { commandId }) => {
    sent.push(commandId);
    return outcome('accepted');
  };
  await reactionOf(policy, tabCodec, send)(stored);
  expect(sent).toEqual([uuidv5(stored.eventId, 'HouseRule/0'), uuidv5(stored.eventId, 'HouseRule/1')]);
  await expect(reactionOf(policy, tabCodec, async () => outcome('rejected'))(stored)).rejects.toThrow('too-much');
});

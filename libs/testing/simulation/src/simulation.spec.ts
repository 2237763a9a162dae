import { expect, test } from 'vitest';
import { type Epoch, SimulationFailure, type SimulationSettings, simulation, traceLinesMax } from './index.ts';
import { seededRandom } from './seeded-random.ts';
import { calmOptions, describeOptions, drawOptions, faultNames } from './simulation-options.ts';
import { createTrace } from './trace.ts';

/** Two services that do little else than to come to await points. */
const busyRun = async (settings: SimulationSettings) => {
  const sim = simulation(settings);
  const work = async (epoch: Epoch): Promise<void> => {
    for (let i = 0; ; i++) {
      await epoch.at(`step ${i}`);
      await epoch.delay();
      await epoch.timer.sleep(10 * epoch.random());
      sim.trace.add(`${epoch.service} ${epoch.ids.next()} ${epoch.timer.now()}`);
    }
  };
  for (const name of ['registration', 'payments']) sim.service(name, { boot: work }).start();
  await sim.run(2_000);
  return sim;
};
const stormy = { ...calmOptions, faults: { crash: 0.02, 'timer-late': 0.01 }, clockSkewMsMax: 5_000 };

test('the same seed makes the same run, twice, whatever may go wrong', async () => {
  for (const seed of [1, 2, 3]) {
    const [once, twice] = [await busyRun({ seed, options: stormy }), await busyRun({ seed, options: stormy })];
    expect(twice.trace.hash()).toBe(once.trace.hash());
    expect(twice.trace.tail(50)).toEqual(once.trace.tail(50));
    expect(once.trace.count()).toBeGreaterThan(50);
  }
});

test('other seeds make other schedules', async () => {
  const hashes: string[] = [];
  for (let seed = 0; seed < 20; seed++) hashes.push((await busyRun({ seed })).trace.hash());
  expect(new Set(hashes).size).toBe(20);
});

test('nothing of a dead life goes on: no sleep ends, no await point returns, no result is delivered', async () => {
  const sim = simulation({ seed: 1 });
  const after: string[] = [];
  let answer: ((value: string) => void) | undefined;
  const service = sim.service('registration', {
    restarts: false,
    boot: (epoch) => {
      void epoch.timer.sleep(100).then(() => after.push('sleep'));
      void epoch.delay().then(() => after.push('delay'));
      void epoch.whileAlive(new Promise<string>((resolve) => (answer = resolve))).then((value) => after.push(value));
    },
  });
  const first = service.start();
  service.crash();
  void first.at('later').then(() => after.push('at'));
  void first.timer.sleep(0).then(() => after.push('sleep after the end'));
  void first.whileAlive(Promise.reject(new Error('unheard'))).catch(() => after.push('error'));
  answer?.('result');
  await sim.run(10_000);
  expect(after).toEqual([]);
  expect([first.isOver, service.epoch, service.starts]).toEqual([true, undefined, 1]);
});

test('a service comes back by itself within the time of the options, with new ids, and its engines heard of the crash', async () => {
  const sim = simulation({ seed: 5 });
  const seen: { number: number; id: string; at: number }[] = [];
  let engineCrashes = 0;
  const service = sim.service('payments', {
    boot: (epoch) => {
      epoch.onCrash(() => {
        engineCrashes += 1;
      });
      seen.push({ number: epoch.number, id: epoch.ids.next(), at: sim.elapsedMs() });
    },
  });
  service.start();
  service.crash();
  expect(engineCrashes).toBe(1);
  await sim.run(() => service.epoch !== undefined);
  expect(seen.map(({ number }) => number)).toEqual([1, 2]);
  expect(seen[1]?.at).toBeGreaterThan(0);
  expect(seen[1]?.at).toBeLessThanOrEqual(calmOptions.restartMsMax);
  expect(seen[1]?.id).not.toBe(seen[0]?.id);
  expect(() => service.start()).toThrow('is running');
});

test('each service has its own clock, which may be wrong and be set wrong', async () => {
  const sim = simulation({ seed: 8, options: { ...calmOptions, clockSkewMsMax: 1_000 } });
  const [one, other] = ['a', 'b'].map((name) => sim.service(name, { boot: () => {} }).start());
  expect(sim.timer.now()).toBe('2027-05-02T09:00:00.000Z');
  expect(new Set([one?.timer.now(), other?.timer.now(), sim.timer.now()]).size).toBe(3);
  const exact = sim.service('c', { boot: () => {} });
  exact.setClockSkew(-60_000);
  expect(exact.start().timer.now()).toBe('2027-05-02T08:59:00.000Z');
  await sim.run(1_000);
  expect(exact.epoch?.timer.now()).toBe('2027-05-02T08:59:01.000Z');
});

test('no fault and no crash happens once it is calm', async () => {
  const sim = simulation({ seed: 1, options: { ...calmOptions, faults: { crash: 1, 'append-request-lost': 1 } } });
  expect(sim.happens('append-request-lost')).toBe(true);
  expect(sim.happens('store-unavailable')).toBe(false);
  sim.calmDown();
  expect(sim.happens('append-request-lost')).toBe(false);
  const epoch = sim.service('a', { boot: () => {} }).start();
  await epoch.at('a point');
  expect(epoch.isOver).toBe(false);
});

test('a failure says the seed, the options, the end of the trace and how to repeat it', async () => {
  const sim = simulation({ seed: 42, options: stormy, command: (seed) => `node simulate.ts --seed ${seed}` });
  sim.trace.add('the last thing that happened');
  sim.spawn('a buyer', async () => {
    await sim.timer.sleep(1_500);
    throw new Error('paid twice');
  });
  const failure = await sim.run(10_000).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SimulationFailure);
  if (!(failure instanceof SimulationFailure)) return;
  for (const part of [
    'a buyer failed: paid twice',
    'seed    42',
    'timer-late 0.01',
    'the last thing',
    'node simulate.ts --seed 42',
    sim.trace.hash(),
  ])
    expect(failure.message).toContain(part);
  expect(failure.run.at).toContain('1500.0 ms');
  expect(failure.cause).toBeInstanceOf(Error);
});

test('a broken condition, a boot that throws and a used up budget are failures', async () => {
  const broken = simulation({ seed: 1 });
  await expect(
    broken.run(() => {
      throw new Error('quota exceeded');
    }),
  ).rejects.toThrow('an invariant is broken: quota exceeded');

  const unbootable = simulation({ seed: 1 });
  unbootable
    .service('a', {
      boot: () => {
        throw new Error('no disk');
      },
    })
    .start();
  await expect(unbootable.run(10)).rejects.toThrow('a does not start: no disk');

  const endless = simulation({ seed: 1 });
  endless.spawn('loop', async () => {
    for (;;) await endless.timer.sleep(1);
  });
  await expect(endless.run(() => false, { steps: 100 })).rejects.toThrow('not done within the budget');
});

test('a swarm switches every fault on in some runs and off in others, and weighs it differently', () => {
  const swarm = Array.from({ length: 200 }, (_, seed) => drawOptions(seededRandom(seed)));
  for (const name of faultNames) {
    const drawn = swarm.map(({ faults }) => faults[name]).filter((probability) => probability !== undefined);
    expect(drawn.length).toBeGreaterThan(60);
    expect(drawn.length).toBeLessThan(140);
    expect(Math.max(...drawn) / Math.min(...drawn)).toBeGreaterThan(5);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(0.3);
  }
  expect(drawOptions(seededRandom(3))).toEqual(drawOptions(seededRandom(3)));
});

test('options are described in one line, with the faults that exist and no others', () => {
  expect(describeOptions(calmOptions)).toBe('no faults, latency 2 ms, clock skew up to 0 ms, restart within 1000 ms');
  const line = describeOptions({ ...stormy, everythingTwice: true });
  expect(line).toContain('timer-late 0.01, crash 0.02');
  expect(line).toContain('everything twice');
  expect(line).not.toContain('publish');
});

test('a trace remembers its end and hashes all of it, order included', () => {
  const trace = createTrace();
  for (let i = 0; i < 3 * traceLinesMax; i++) trace.add(`line ${i}`);
  expect(trace.count()).toBe(3 * traceLinesMax);
  expect(trace.tail(2)).toEqual([`line ${3 * traceLinesMax - 2}`, `line ${3 * traceLinesMax - 1}`]);
  expect(trace.tail(traceLinesMax)).toHaveLength(traceLinesMax);
  const hashOf = (...lines: readonly string[]): string => {
    const other = createTrace();
    for (const line of lines) other.add(line);
    return other.hash();
  };
  expect(new Set([hashOf('a', 'b'), hashOf('b', 'a'), hashOf('ab'), hashOf('a'), hashOf()]).size).toBe(5);
  expect(hashOf('a', 'b')).toBe(hashOf('a', 'b'));
});

test('a promise is waited for in virtual time, with its result or its error, and one that never comes is a failure', async () => {
  const sim = simulation({ seed: 1 });
  expect(await sim.complete(sim.timer.sleep(86_400_000).then(() => sim.timer.now()))).toBe('2027-05-03T09:00:00.000Z');
  await expect(sim.complete(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await expect(sim.complete(new Promise(() => {}))).rejects.toThrow('never comes');
});

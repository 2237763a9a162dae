/**
 * The acceptance scenarios over HTTP against three running services, told in `features/`. Every scenario has a conference of
 * its own, so they run side by side, but for those that disturb the services.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { features } from './features/index.ts';
import { run } from './sentences.ts';
import { expectAnswersToAddUp, servicesOfAllScenarios } from './services.fixture.ts';
import { newWorld } from './world.ts';

const services = servicesOfAllScenarios();
beforeAll(async () => {
  await Promise.all([services.lasting(), services.brief()]);
});
afterAll(() => services.stop());

const tell = (runs: (typeof features)[number]['scenarios'][number]['runs']): void => {
  for (const { letter, title, background, scenarios } of features) {
    const told = scenarios.filter((scenario) => scenario.runs === runs);
    if (told.length === 0) continue;
    describe(`${letter} ${title}`, () => {
      for (const scenario of told)
        it(`${scenario.number} ${scenario.title}`, async () => run({ background }, scenario, newWorld(services, await services.lasting())));
    });
  }
};

describe.concurrent('side by side', () => tell('beside others'));
describe('one at a time', () => tell('alone'));

describe('in the end', () => {
  it('what the services answer adds up', async () => {
    for (const running of [await services.lasting(), await services.brief()]) await expectAnswersToAddUp(running);
  });
});

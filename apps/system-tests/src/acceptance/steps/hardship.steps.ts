/** Time that passes, and services that crash. */
import { eventually } from '@conference/tools';
import { expect } from 'vitest';
import type { World } from '../world.ts';
import * as by from './registrant.ts';
import { stepsOf } from './step.ts';

const restartMsMax = 30_000;

export const hardshipSteps = stepsOf({
  'Given reservations of {count} seconds and a grace of {count}': async (world, reservationSeconds, graceSeconds) => {
    const brief = await world.services.brief();
    expect(brief).toMatchObject({ reservationSeconds, graceSeconds });
    world.running.set(brief);
  },
  'When the reservation and its grace have passed': async (world) => {
    const { graceSeconds } = await world.services.brief();
    const { reservationExpiresAt } = await by.orderOf(world);
    const end = Date.parse(reservationExpiresAt) + graceSeconds * 1000;
    await eventually(
      'end of the grace',
      async () => Date.now(),
      (now) => now >= end,
      { withinMs: restartMsMax },
    );
  },
  'When the registrant orders {seats}, and registration crashes at once': async (world, seats) => {
    const { system, journal, services } = world.running.get();
    const conferenceId = world.conference.get().id;
    const { body: placed } = await system.registrant.place({ conferenceId, items: by.selectionOf(world, seats) });
    await services.kill('registration', 'SIGKILL');
    journal.order({ id: placed.id, token: placed.token, conferenceId });
    world.order.set({ id: placed.id, token: placed.token });
  },
  'When registration is started again': async (world: World) => world.running.get().services.restart('registration'),
});

import type { SeededRandom } from '@conference/testing-simulation';
import { type Behaviour, drawPlan, type OpenConference, type RegistrantPlan } from '../journey/index.ts';

/** Shares of a hundred; whoever is left pays like everybody. At least one of each, as far as there are enough people. */
const shares: readonly (readonly [Behaviour, number])[] = [
  ['is-rejected-first', 5],
  ['pays-twice', 5],
  ['cancels-while-paying', 3],
  ['vanishes', 10],
  ['cancels', 10],
  ['chooses-again', 12],
];
const needMoney: readonly Behaviour[] = ['is-rejected-first', 'pays-twice', 'cancels-while-paying'];

export const behavioursOf = (registrants: number): readonly Behaviour[] => {
  const special = shares.flatMap(([behaviour, share]) =>
    Array.from({ length: Math.max(1, Math.round((registrants * share) / 100)) }, () => behaviour),
  );
  return [...special, ...Array.from({ length: Math.max(0, registrants - special.length) }, (): Behaviour => 'pays')].slice(0, registrants);
};

/** Everybody's plan, drawn from the seed. Who is to have trouble with money buys something that costs some. */
export const drawCrowd = (random: SeededRandom, conference: OpenConference, registrants: number): readonly RegistrantPlan[] => {
  const charged = conference.seatTypes.find(({ price }) => price > 0);
  return random
    .fork('behaviours')
    .shuffled(behavioursOf(registrants))
    .map((behaviour, index) => {
      const plan = drawPlan(random.fork(`registrant ${index}`), {
        conference,
        weights: {},
        index,
        arriveWithinMs: 2_500,
        hesitateMsMax: 900,
      });
      const items = needMoney.includes(behaviour) && charged !== undefined ? [{ seatTypeId: charged.id, quantity: 1 }] : plan.items;
      return { ...plan, behaviour, items };
    });
};

/** Each rule is content with a system that adds up, and finds what is planted for it: no rule can pass by looking at nothing. */
import { describe, expect, it } from 'vitest';
import { check, examine } from './check.ts';
import { orders, payments } from './example-system.fixture.ts';
import { plantedInBusiness } from './planted-business.fixture.ts';
import { plantedInRecords } from './planted-records.fixture.ts';
import { askedOnly, type Events, factsOf, order, payment, said, seats, without } from './planting.fixture.ts';
import { reportLines } from './report.ts';
import { rules } from './rules.ts';

const plants = [...plantedInBusiness, ...plantedInRecords];

describe('every rule', () => {
  it('is broken by at least one planted violation', () => {
    expect(rules.map(({ name }) => name).filter((name) => !plants.some(([rule]) => rule === name))).toEqual([]);
  });

  it.each(examine(factsOf()))('$rule is content with a system that adds up, and looks at something', ({ findings, examined }) => {
    expect(findings).toEqual([]);
    expect(examined).toBeGreaterThan(0);
  });

  it.each(plants)('%s finds %s', (rule, _, facts, reported) => {
    const details = check(facts()).flatMap((finding) => (finding.rule === rule ? [`${finding.subject}: ${finding.detail}`] : []));
    expect(details.join('\n')).toContain(reported);
  });
});

describe('a system in motion', () => {
  it.each<[string, (events: Events) => Events]>([
    ['an order that waits for its reservation', without('registration', order(orders.open), 'OrderReservationCompleted')],
    ['a message on its way', without('payments', `PaymentsInbox${order(orders.free)}`, 'OrderConfirmed')],
    [
      'a refund under way',
      (events) =>
        without(
          'registration',
          `RegistrationInbox${payment(payments.refunded)}`,
          'PaymentRefunded',
        )(without('payments', payment(payments.refunded), 'PaymentRefunded')(events)),
    ],
    ['seats still to be given back', without('registration', seats, 'SeatsReservationCancelled')],
  ])('may show %s, which is a finding once it is quiet', (_, change) => {
    expect(check(factsOf(change, { isQuiet: false, answers: (answered) => answered }))).toEqual([]);
    expect(check(factsOf(change))).not.toEqual([]);
  });
});

describe('the services alone', () => {
  it('add up without their events', () => {
    expect(check(askedOnly(factsOf()))).toEqual([]);
  });
});

describe('the report', () => {
  it('says that everything adds up, rule by rule', () => {
    const lines = reportLines(examine(factsOf()));
    expect(lines.at(-1)).toBe('Everything adds up.');
    expect(lines.filter((line) => line.includes(' ok ('))).toHaveLength(rules.length);
  });

  it('names what does not, ten of each at most', () => {
    const many = said((answered) => ({
      ...answered,
      parked: Array.from({ length: 12 }, (_, index) => ({
        service: 'payments' as const,
        subject: `Order-${index}`,
        type: 'OrderPlaced',
        error: 'odd',
      })),
    }));
    const lines = reportLines(examine(many));
    expect(lines.filter((line) => line.includes('payments: Order-'))).toHaveLength(10);
    expect(lines).toContainEqual(expect.stringContaining('and 2 more'));
    expect(lines.at(-1)).toBe('12 things do not add up.');
  });
});

import type { AnsweredFacts, OrderFact, PaymentFact } from '../checker/index.ts';
import type { OpenConference, OrderState, RegistrantReport } from '../journey/index.ts';

export type SeatTypeRow = {
  readonly name: string;
  readonly quota: number;
  /** Wanted at first, by everybody. */
  readonly asked: number;
  readonly held: number;
  readonly confirmed: number;
  readonly cancelled: number;
  readonly expired: number;
  /** In the orders whose money went back: paid twice, after cancelling, or another amount. */
  readonly refunded: number;
  readonly available: number;
};

const isPresent = <Value>(value: Value | undefined): value is Value => value !== undefined;
const openStates: readonly OrderState[] = ['pending-reservation', 'partially-reserved', 'reserved'];
const isRefund = ({ state }: PaymentFact): boolean => state === 'refund-requested' || state === 'refunded';

const seatsOf = (orders: readonly OrderFact[], seatTypeId: string): number =>
  orders.flatMap(({ reserved }) => reserved).reduce((sum, line) => (line.seatTypeId === seatTypeId ? sum + line.quantity : sum), 0);

/** What became of the seats, per seat type. Pure. */
export const seatTypeRows = (
  conference: OpenConference,
  reports: readonly RegistrantReport[],
  answered: Pick<AnsweredFacts, 'orders' | 'payments' | 'offered'>,
): readonly SeatTypeRow[] => {
  const orders = [...answered.orders.values()].filter(isPresent);
  const inState = (...states: readonly OrderState[]): readonly OrderFact[] => orders.filter(({ state }) => states.includes(state));
  const refunded = [...answered.payments.values()]
    .filter(isPresent)
    .filter(isRefund)
    .flatMap(({ orderId }) => answered.orders.get(orderId) ?? []);
  const asked = reports.flatMap(({ plan }) => plan.items);
  return conference.seatTypes.map(({ id, name, quota }) => ({
    name,
    quota,
    asked: asked.reduce((sum, { seatTypeId, quantity }) => (seatTypeId === id ? sum + quantity : sum), 0),
    held: seatsOf(inState(...openStates), id),
    confirmed: seatsOf(inState('confirmed'), id),
    cancelled: seatsOf(inState('cancelled'), id),
    expired: seatsOf(inState('expired'), id),
    refunded: seatsOf(refunded, id),
    available: answered.offered.find(({ seatTypeId }) => seatTypeId === id)?.available ?? 0,
  }));
};

const columns = [
  'quota',
  'asked',
  'held',
  'confirmed',
  'cancelled',
  'expired',
  'refunded',
  'available',
] as const satisfies readonly (keyof SeatTypeRow)[];

/** The rows as text, aligned. */
export const tableLines = (rows: readonly SeatTypeRow[]): readonly string[] => {
  const nameWidth = Math.max('seat type'.length, ...rows.map(({ name }) => name.length));
  const head = `${'seat type'.padEnd(nameWidth)}  ${columns.join('  ')}`;
  const line = (row: SeatTypeRow): string =>
    `${row.name.padEnd(nameWidth)}  ${columns.map((column) => String(row[column]).padStart(column.length)).join('  ')}`;
  return [head, '─'.repeat(head.length), ...rows.map(line)];
};

const countedBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): string => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, count]) => `${count} ${key}`)
    .join(', ');
};

/** Two sentences about the people and the money. Pure. */
export const outcomeLines = (answered: Pick<AnsweredFacts, 'orders' | 'payments'>): readonly string[] => {
  const orders = [...answered.orders.values()].filter(isPresent);
  const payments = [...answered.payments.values()].filter(isPresent);
  return [
    `${orders.length} orders: ${countedBy(orders, ({ state }) => state)}`,
    `${payments.length} payments: ${countedBy(payments, ({ state }) => state)}`,
  ];
};

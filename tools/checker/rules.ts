import type { Rule } from './rule.ts';
import { answersAgreeWithEvents, servicesAgree } from './rules/answers.ts';
import {
  commandsHaveOneEffect,
  eventIdsAreUnique,
  eventsAreReadable,
  messagesArrive,
  nothingIsParked,
  streamsAreDense,
} from './rules/log.ts';
import { acknowledgedOrdersExist, ordersAreDecided, ordersEndOnce, seatsComeBackOnce, totalsAddUp } from './rules/orders.ts';
import { confirmedOrdersArePaid, decisionsArrive, paymentsAreSettled } from './rules/payments.ts';
import { nothingIsOversold, quotaIsKept, reservationsHaveLiveOrders, seatsMatchOrders } from './rules/seats.ts';

/** Everything that has to add up. */
export const rules: readonly Rule[] = [
  quotaIsKept,
  nothingIsOversold,
  reservationsHaveLiveOrders,
  seatsComeBackOnce,
  acknowledgedOrdersExist,
  ordersAreDecided,
  ordersEndOnce,
  totalsAddUp,
  paymentsAreSettled,
  confirmedOrdersArePaid,
  decisionsArrive,
  seatsMatchOrders,
  streamsAreDense,
  eventIdsAreUnique,
  commandsHaveOneEffect,
  messagesArrive,
  eventsAreReadable,
  nothingIsParked,
  answersAgreeWithEvents,
  servicesAgree,
];

import { type Rejection, reject } from '@conference/kernel';
import type { QuotedLine } from '@conference/registration-domain';
import type { ConferenceDocument } from './read-models/conferences.ts';

export type Selection = readonly { readonly seatTypeId: string; readonly quantity: number }[];
export type QuoteRefusal = { readonly code: 'conference-not-open' } | { readonly code: 'unknown-seat-type'; readonly seatTypeId: string };
export type Quote = { readonly items: readonly QuotedLine[]; readonly currency: string };

const line = (conference: ConferenceDocument, { seatTypeId, quantity }: Selection[number]): QuotedLine | Rejection<QuoteRefusal> => {
  const seatType = conference.seatTypes.find(({ id }) => id === seatTypeId);
  // One without seats to reserve is not on sale yet: its quota is on the way.
  if (seatType === undefined || conference.seats[seatTypeId] === undefined) return reject({ code: 'unknown-seat-type', seatTypeId });
  return { seatTypeId, name: seatType.name, unitPrice: seatType.price, quantity };
};

/**
 * Names and prices of today, for the command that carries them: the quote binds (ORD-1, PRC-1, W-47). Zero lines are
 * dropped (W-41). `forNewOrder`: only of a published conference; an existing order may choose again later.
 */
export const quote = (
  conference: ConferenceDocument | undefined,
  selection: Selection,
  { forNewOrder }: { readonly forNewOrder: boolean },
): Quote | Rejection<QuoteRefusal> => {
  if (conference === undefined || (forNewOrder && conference.status !== 'published')) return reject({ code: 'conference-not-open' });
  const items: QuotedLine[] = [];
  for (const wanted of selection) {
    if (wanted.quantity === 0) continue;
    const quoted = line(conference, wanted);
    if ('rejected' in quoted) return quoted;
    items.push(quoted);
  }
  return { items, currency: conference.currency };
};
export const isRefused = <T extends object>(answer: T | Rejection<QuoteRefusal>): answer is Rejection<QuoteRefusal> => 'rejected' in answer;

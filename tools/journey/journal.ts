/** What a caller knows for certain: everything that was acknowledged to it. The checker asks the services for all of it. */
import { z } from 'zod';

const held = { id: z.uuid(), token: z.string() };
const journalSchema = z.object({
  conferences: z.array(z.object({ ...held, slug: z.string() }).readonly()).readonly(),
  orders: z.array(z.object({ ...held, conferenceId: z.uuid() }).readonly()).readonly(),
  /** `outcome`: the last decision that the processor has acknowledged. */
  payments: z.array(z.object({ ...held, orderId: z.uuid(), outcome: z.enum(['accepted', 'rejected']).optional() }).readonly()).readonly(),
});

export type Journal = Readonly<z.output<typeof journalSchema>>;
export type JournalConference = Journal['conferences'][number];
export type JournalOrder = Journal['orders'][number];
export type JournalPayment = Journal['payments'][number];

export interface JournalWriter {
  conference(entry: JournalConference): void;
  order(entry: JournalOrder): void;
  payment(entry: JournalPayment): void;
  /** Everything written so far. */
  entries(): Journal;
}

/** An entry of the same id replaces the one before. */
export const journalWriter = (): JournalWriter => {
  const conferences = new Map<string, JournalConference>();
  const orders = new Map<string, JournalOrder>();
  const payments = new Map<string, JournalPayment>();
  return {
    conference: (entry) => void conferences.set(entry.id, entry),
    order: (entry) => void orders.set(entry.id, entry),
    payment: (entry) => void payments.set(entry.id, entry),
    entries: () => ({ conferences: [...conferences.values()], orders: [...orders.values()], payments: [...payments.values()] }),
  };
};

/** Throws a `ZodError` for a text that is no journal. */
export const parseJournal = (text: string): Journal => journalSchema.parse(JSON.parse(text));

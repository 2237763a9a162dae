import type { Instant } from '@conference/kernel';
import type { OutgoingMessage } from '@conference/ports';
import { z } from 'zod';

const id = z.string().min(1);
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: 'date-time' })
  .describe('When it happened: UTC, with milliseconds. Never decreases within a subject.') as z.ZodType<string> as z.ZodType<Instant>;

/** What stands around the data of every message. */
export const envelope = z.object({
  messageId: z.uuid().describe('The event’s id: a message that comes again has the same.'),
  sourceContext: id.describe('Who says it.'),
  subject: z
    .string()
    .regex(/^[A-Za-z]+-.+$/)
    .describe('The published stream, `<Category>-<id>`.'),
  sequence: z
    .int()
    .nonnegative()
    .describe(
      'The version of the subject’s stream: 0 is the first, and there are no holes. Not above the last: a repeat; more than one above it: a gap.',
    ),
  key: id.describe('For partitioning only: messages of one topic with one key stay in order.'),
  type: z
    .string()
    .regex(/^[A-Z][A-Za-z]+$/)
    .describe('What it says.'),
  schemaVersion: z.int().positive().describe('The version of the shape of its data.'),
  occurredAt: instant,
  metadata: z.object({
    correlationId: id.describe('The conversation that it belongs to.'),
    causationId: id.describe('The command or message that made it be.'),
    traceparent: z.string().optional().describe('W3C Trace Context of the request that began it.'),
  }),
}) satisfies z.ZodType<Omit<OutgoingMessage, 'data' | 'metadata'>>;

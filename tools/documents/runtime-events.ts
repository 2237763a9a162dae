import { z } from 'zod';

// The runtime knows no schemas of its own; these describe what it stores, and a spec holds them against what it wrote.

const id = z.string();
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: 'date-time' });
const message = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) });

export const inputHandled = z
  .object({
    input: z
      .object({
        message: message.describe(
          'The facts of the event, a refused command (`CommandRejected`), or a deadline (`DeadlineReached`). Never personal data.',
        ),
        id: id.describe('Of the event, or derived from the refused command or the deadline: a repeat has the same.'),
        causationId: id.describe('The command behind it.'),
        receivedAt: instant.describe('When this context’s store recorded it: the only time that the process knows.'),
      })
      .describe('What came in.'),
    commands: z
      .array(z.object({ commandId: id, command: message }))
      .describe('What it led to. Sent after it was stored, again until answered.'),
    deadlines: z
      .array(z.union([z.object({ set: z.string(), at: instant }), z.object({ clear: z.string() })]))
      .describe('Deadlines set (`set`, `at`) and cleared (`clear`).'),
  })
  .describe('One input of a process manager and all that it decided, in one append.');

const parked = z.union([
  z.object({ kind: z.literal('event'), streamName: z.string(), streamVersion: z.int().nonnegative() }),
  z.object({ kind: z.literal('message'), topic: z.string(), message: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('undecodable'), topic: z.string(), at: z.string() }),
]);

export const parkedEvents = {
  MessageParked: z
    .object({
      id: id.describe('Of what was parked.'),
      consumer: z.string().describe('Who could not handle it.'),
      subject: z.string().describe('The stream it belongs to: later ones of it wait behind.'),
      sequence: z.int().nonnegative().describe('Its place in that stream.'),
      type: z.string().describe('Of the event or message.'),
      content: parked.describe('Where it is, or the message itself: may hold PERSONAL DATA.'),
      error: z.string().describe('Why.'),
      attempts: z.int().positive().describe('How often it was parked.'),
      parkedAt: instant.describe('When.'),
    })
    .describe('Something could not be handled; an operator sees it.'),
  MessageRetried: z.object({ id: id.describe('Of what was parked.') }).describe('Handled after all.'),
  MessageSkipped: z
    .object({ id: id.describe('Of what was parked.'), reason: z.string().describe('Why, in the operator’s words.') })
    .describe('Given up by an operator; what waited behind it goes on.'),
};

export const runtimeStreams = [
  {
    stream: 'Registration-<orderId>',
    about: 'The process manager of an order (context registration). Not published.',
    events: { InputHandled: inputHandled },
  },
  {
    stream: '<Context>Parked-<subject>',
    about: 'What a consumer of the context could not handle, and what an operator did about it. Not published.',
    events: parkedEvents,
  },
  {
    stream: '<Context>Inbox<Subject>',
    about:
      'A neighbour’s messages as they were published, each at its sequence with its id: see the messages above. An operator’s skip leaves the marker `Skipped`, version 1, without data, in the place of a message.',
    events: {},
  },
] as const;

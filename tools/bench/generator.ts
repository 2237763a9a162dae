import { closedLoop, openLoop } from './load.ts';
import { completeRegistrations } from './registrations.ts';

/** The load generator, in a process of its own. It is told one run at a time and answers with what it measured. */
export type Job =
  | ({ readonly kind: 'closed' } & Parameters<typeof closedLoop>[0])
  | ({ readonly kind: 'open' } & Parameters<typeof openLoop>[0])
  | ({ readonly kind: 'registrations' } & Parameters<typeof completeRegistrations>[0]);

process.on('message', (job: Job) => {
  const run = job.kind === 'closed' ? closedLoop(job) : job.kind === 'open' ? openLoop(job) : completeRegistrations(job);
  run.then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

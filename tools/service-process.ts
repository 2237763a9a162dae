import { join } from 'node:path';

/**
 * How a service's process is run, wherever one is started: by `npm start`, the benchmark, the demo's and the kill test's runs. A young
 * generation of 8 MiB instead of 16 costs a few per cent of speed and saves 25 MiB.
 */
export const serviceFlags = ['--max-semi-space-size=8'];

/**
 * Beneath the environment that it is given. Memory goes back to the system when it is freed: a snapshot takes megabytes for a moment,
 * which glibc would keep. What was compiled once is read at the next start: a third of a second.
 */
export const serviceSettings = (root: string): { readonly [name: string]: string } => ({
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
});

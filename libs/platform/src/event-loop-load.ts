import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface EventLoopLoad {
  /** Whether the loop was late by more than the limit (p99) during the last sample. */
  overloaded(): boolean;
  close(): void;
}

/** Watches the delay of the event loop, in samples of a second. Takes a timer that does not keep the process alive. */
export const eventLoopLoad = (options: { readonly delayMsMax?: number; readonly sampleMs?: number } = {}): EventLoopLoad => {
  const { delayMsMax = 1_000, sampleMs = 1_000 } = options;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let overloaded = false;
  const timer = setInterval(() => {
    overloaded = delay.percentile(99) / 1e6 > delayMsMax;
    delay.reset();
  }, sampleMs);
  timer.unref();
  return {
    overloaded: () => overloaded,
    close: () => {
      clearInterval(timer);
      delay.disable();
    },
  };
};

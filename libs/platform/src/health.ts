/** Something that is away while the service goes on: `{ part: 'broker', problem: 'reconnecting' }`. */
export type DegradedPart = { readonly part: string; readonly problem: string };

/** What a service knows about its own health. */
export interface HealthSource {
  /** Whether the event store answers. A rejection counts as no. */
  eventStore(): Promise<boolean>;
  /** Whether every projection has caught up once since the start; never false again after that. */
  caughtUpOnce(): boolean;
  /** What is away now; commands are safe to take without it. */
  degraded(): readonly DegradedPart[] | Promise<readonly DegradedPart[]>;
}

export type Readiness = {
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly missing: readonly DegradedPart[];
};

const answerWithinMs = 2_000;

/** `otherwise` when it takes too long or fails: a health check must not hang on what it checks. */
const within = async <Value>(answer: () => Value | Promise<Value>, otherwise: Value, milliseconds: number): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, milliseconds, otherwise);
  });
  try {
    return await Promise.race([Promise.resolve().then(answer), late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Unavailable until the event store answers and the projections have caught up once, and again while the store is away or
 * the service is closing. Anything else that is away is `degraded`: orders go on being accepted.
 */
export const readinessOf = async (
  source: HealthSource,
  options: { readonly closing?: boolean; readonly withinMs?: number } = {},
): Promise<Readiness> => {
  const { closing = false, withinMs = answerWithinMs } = options;
  if (closing) return { status: 'unavailable', missing: [{ part: 'service', problem: 'closing' }] };
  const unknown: readonly DegradedPart[] = [{ part: 'health', problem: 'the parts did not answer' }];
  const [answers, degraded] = await Promise.all([
    within(() => source.eventStore(), false, withinMs),
    within(() => source.degraded(), unknown, withinMs),
  ]);
  const needed: DegradedPart[] = [];
  if (!answers) needed.push({ part: 'event-store', problem: 'does not answer' });
  if (!source.caughtUpOnce()) needed.push({ part: 'projections', problem: 'have not caught up since the start' });
  if (needed.length > 0) return { status: 'unavailable', missing: [...needed, ...degraded] };
  return { status: degraded.length > 0 ? 'degraded' : 'ready', missing: degraded };
};

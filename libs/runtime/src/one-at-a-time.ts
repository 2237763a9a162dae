/**
 * Work on one thing never runs twice at the same time. Whoever asks for it while it runs is served by the next run, together
 * with all others who ask before that one begins: what they ask about may be newer than what the running one has seen.
 */
export const oneAtATime = <Thing extends object>(work: (on: Thing) => Promise<void>): ((on: Thing) => Promise<void>) => {
  const runs = new Map<Thing, { readonly ended: Promise<void>; next?: Promise<void> }>();
  const start = (on: Thing): Promise<void> => {
    const ended = work(on).finally(() => void runs.delete(on));
    runs.set(on, { ended });
    return ended;
  };
  return (on) => {
    const running = runs.get(on);
    if (running === undefined) return start(on);
    running.next ??= running.ended.catch(() => {}).then(() => start(on));
    return running.next;
  };
};

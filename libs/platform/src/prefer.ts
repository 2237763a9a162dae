export const waitSecondsDefault = 2;
export const waitSecondsMax = 5;

const preference = /^wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i;

/**
 * `Prefer: wait=<seconds>` (RFC 7240 §4.3) as milliseconds, at most 5 s; undefined without one. A preference that is not
 * understood is ignored, as the RFC says.
 */
export const preferredWaitMs = (header: string | undefined): number | undefined => {
  for (const part of header?.split(',') ?? []) {
    const [, seconds] = preference.exec(part.trim()) ?? [];
    if (seconds !== undefined) return Math.min(Number(seconds), waitSecondsMax) * 1000;
  }
  return undefined;
};

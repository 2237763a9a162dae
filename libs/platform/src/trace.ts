import { isUuid, uuidOfHex } from './uuid-text.ts';

/** In which conversation a request stands. */
export type Trace = {
  /** 32 hexadecimal digits, of the caller when it sent a `traceparent`. */
  readonly traceId: string;
  readonly correlationId: string;
  /** W3C Trace Context, for what this request causes: the trace of the caller, a span of ours. */
  readonly traceparent: string;
};

const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Trace id and flags of a valid `traceparent`; undefined for any other text, which then counts as absent (W3C §3.2.2.4). */
export const parseTraceparent = (text: string): { readonly traceId: string; readonly flags: string } | undefined => {
  const [, version, traceId, parentId, flags, more] = traceparentForm.exec(text) ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, flags };
};

/**
 * The correlation id is `X-Correlation-Id` when that is a UUID, else made of the caller's trace id, else the request's
 * own id. `requestId` is a fresh UUID.
 */
export const traceOf = (headers: { readonly [name: string]: string | readonly string[] | undefined }, requestId: string): Trace => {
  const own = requestId.replaceAll('-', '');
  const { traceparent, 'x-correlation-id': asked } = headers;
  const parent = typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined;
  const traceId = parent?.traceId ?? own;
  const correlationId = parent === undefined ? requestId : uuidOfHex(parent.traceId);
  return {
    traceId,
    correlationId: typeof asked === 'string' && isUuid(asked) ? asked.toLowerCase() : correlationId,
    traceparent: `00-${traceId}-${own.slice(16)}-${parent?.flags ?? '01'}`,
  };
};

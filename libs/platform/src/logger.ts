import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './service-config.ts';

// Secrets and personal data, wherever they stand in what is logged (pino has no wildcard for "at any depth").
const members = ['authorization', 'cookie', 'email', 'firstName', 'lastName', 'accessCode', 'token', 'card', 'cardNumber', 'secret'];
const prefixes = ['', '*.', '*.*.', '*.*.*.'];
const headerNames = ['authorization', 'cookie', 'webhook-signature', 'idempotency-key'];

export const redactedPaths: readonly string[] = [
  ...prefixes.flatMap((prefix) => members.map((member) => `${prefix}${member}`)),
  ...headerNames.flatMap((name) => [`headers["${name}"]`, `*.headers["${name}"]`]),
];

/**
 * JSON lines on stdout. What {@link redactedPaths} names is removed, never masked. Log ids and codes, not bodies.
 * `destination` is for tests.
 */
export const createLogger = (options: { readonly service: string; readonly level: LogLevel }, destination?: DestinationStream): Logger =>
  pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...redactedPaths], remove: true },
    },
    // Synchronous: the last line before an exit is the one that is needed.
    destination ?? pino.destination({ fd: 1, sync: true }),
  );

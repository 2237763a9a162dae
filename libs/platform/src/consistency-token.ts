import type { Position } from '@conference/kernel';
import { problem } from './problem.ts';

const format = 1;
const tokenLengthMax = 256;

/** Opaque to clients; inside: format, service, position. Not a secret and not signed: it can only make its sender wait. */
export const consistencyToken = (service: string, position: Position): string =>
  Buffer.from(JSON.stringify([format, service, position])).toString('base64url');

const decoded = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
};

/** The position of a token that `service` issued; anything else is 400 `invalid-consistency-token`. */
export const positionOf = (service: string, token: string): Position => {
  const content = token.length <= tokenLengthMax ? decoded(token) : undefined;
  if (Array.isArray(content) && typeof content[2] === 'string') {
    const position = content[2] as Position;
    // Made again and compared: so there is one spelling, and nothing beside the three members.
    if (consistencyToken(service, position) === token) return position;
  }
  throw problem('invalid-consistency-token', 'Send the Consistency-Token of a command of this service as it was.');
};

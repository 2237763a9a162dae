/** The brokers or their address cannot be used; the message is one line, for whoever operates the service. */
export class BrokerUnusable extends Error {
  override readonly name = 'BrokerUnusable';
}

/** Our own time was up, whatever the client still waits for. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

export const oneLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();

/** An error and those it was made of: kafkajs wraps the broker's answer in errors of its own. */
export function* causesOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if ('errors' in error && Array.isArray(error.errors)) for (const each of error.errors) yield* causesOf(each);
  if (error.cause !== error) yield* causesOf(error.cause);
}

/** The names that the protocol has for them: `TOPIC_AUTHORIZATION_FAILED`. None when the broker has not answered. */
export const answersIn = (error: unknown): readonly string[] =>
  [...causesOf(error)].flatMap((each) => ('type' in each && typeof each.type === 'string' ? [each.type] : []));

/** The broker knows who we are not, or what we may not: only an operator changes that. */
export const isRefusal = (error: unknown): boolean =>
  answersIn(error).some((type) => type.endsWith('AUTHORIZATION_FAILED') || type === 'SASL_AUTHENTICATION_FAILED') ||
  [...causesOf(error)].some(({ name }) => name === 'KafkaJSSASLAuthenticationError');

/** The promise goes on; nobody waits for it any more. */
export const within = async <T>(milliseconds: number, promise: Promise<T>): Promise<T> => {
  let timeout: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new TimeUp(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timeout);
  }
};

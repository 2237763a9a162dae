import type { Instant } from '@conference/kernel';
import {
  auth,
  awaitConsistency,
  type HttpServer,
  normalizedAccessCode,
  readModelBehind,
  type SessionAttempts,
  tooManyRequests,
  unauthenticated,
} from '@conference/platform';
import type { RegistrationApplication } from '@conference/registration-application';
import { problems } from '../problems.ts';
import type { RegistrantTokens } from '../registrant-token.ts';
import { sessionBody, sessionView } from '../schemas.ts';

export interface OrderSessionRoutesOptions {
  readonly application: RegistrationApplication;
  readonly tokenFor: RegistrantTokens;
  readonly attempts: SessionAttempts;
  readonly now: () => Instant;
}

type Located = Awaited<ReturnType<RegistrationApplication['queries']['locateOrder']>>;

/** The way back to an order by what its registrant knows: the same answer whatever was wrong, and a limit on guessing. */
export const orderSessionRoutes = (http: HttpServer, options: OrderSessionRoutesOptions): void => {
  const { attempts, tokenFor, now } = options;
  const { queries } = options.application;

  const isFilled = async (): Promise<boolean> => (await queries.isFilled('orders')) && (await queries.isFilled('conferences'));

  http.post(
    '/v1/order-sessions',
    {
      schema: {
        tags: ['orders'],
        summary: 'A token for an order, by e-mail and access code',
        body: sessionBody,
        response: { 200: sessionView },
      },
      config: { auth: auth.public, idempotency: 'none', ifMatch: 'none', problems: [problems.kinds.unauthenticated] },
    },
    async (request) => {
      await awaitConsistency(request, async (position, withinMs) => {
        const seen = await Promise.all([queries.waitFor('orders', position, withinMs), queries.waitFor('conferences', position, withinMs)]);
        return seen.every((isSeen) => isSeen);
      });
      const { slug, email, accessCode } = request.body;
      const attempt = attempts.begin(email);
      if (attempt.status === 'limited') throw tooManyRequests(attempt.retryAfterSeconds);
      const located = async (): Promise<Located> => {
        const order = await queries.locateOrder({ slug, email, accessCode: normalizedAccessCode(accessCode) });
        if (order === undefined && !(await isFilled())) throw readModelBehind();
        return order;
      };
      const order = await located().catch((error: unknown) => {
        attempt.succeeded(); // no guess has failed
        throw error;
      });
      if (order === undefined) throw unauthenticated('No order was found with this e-mail address and access code.');
      attempt.succeeded();
      return { token: tokenFor(order.orderId, now()), orderId: order.orderId };
    },
  );
};

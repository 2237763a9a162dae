import { type ContextService, contextServer, type HttpServer, locatorWith, type ServiceParts, sessionAttempts } from '@conference/platform';
import { type RegistrationApplication, registrationApplication } from '@conference/registration-application';
import { topics } from '@conference/registration-contracts';
import { openOrders } from './open-orders.ts';
import { problems } from './problems.ts';
import { registrantTokens } from './registrant-token.ts';
import { conferenceRoutes } from './routes/conferences.ts';
import { orderQueryRoutes } from './routes/order-queries.ts';
import { orderSessionRoutes } from './routes/order-sessions.ts';
import { orderRoutes } from './routes/orders.ts';
import { processRoutes } from './routes/processes.ts';
import { seatRoutes } from './routes/seats.ts';

export interface RegistrationApp {
  readonly http: HttpServer;
  readonly application: RegistrationApplication;
}

/** Registration on given engines: everything but the process around it. */
export const registrationApp = async (parts: ServiceParts): Promise<RegistrationApp> => {
  const { config, engines } = parts;
  const { service, tokenSecret: secret } = config;
  const { timer: clock } = engines;
  const application = registrationApplication(engines, {
    reservationSeconds: config.reservationSeconds,
    graceSeconds: config.expiryGraceSeconds,
    locator: locatorWith(secret),
  });
  const { runtime, commands, queries } = application;
  const { http, tokens } = await contextServer(parts, {
    runtime,
    description: 'Orders and registrations: seats of published conferences, ordered, held, confirmed and assigned.',
    problems: problems.kinds,
  });
  const tokenFor = registrantTokens(tokens);
  conferenceRoutes(http, application);
  orderRoutes(http, {
    service,
    application,
    tokenFor,
    openOrders: openOrders({
      max: config.openOrdersPerClient,
      clock,
      order: async (id) => (await queries.order(id))?.document,
      isPlaced: commands.isPlaced,
    }),
  });
  orderQueryRoutes(http, application);
  orderSessionRoutes(http, { application, tokenFor, attempts: sessionAttempts({ secret, clock }), now: () => clock.now() });
  seatRoutes(http, service, application);
  processRoutes(http, application);
  return { http, application };
};

export const registration: ContextService<RegistrationApp> = {
  name: 'registration',
  publishes: Object.values(topics).map(({ name }) => name),
  app: registrationApp,
};

import { type ConferenceManagementApplication, conferenceManagementApplication } from '@conference/conference-management-application';
import { topics } from '@conference/conference-management-contracts';
import { type ContextService, contextServer, type HttpServer, locatorWith, type ServiceParts, sessionAttempts } from '@conference/platform';
import { problems } from './problems.ts';
import { conferenceRoutes } from './routes/conferences.ts';
import { historyRoutes } from './routes/history.ts';
import { organizerSessionRoutes } from './routes/organizer-sessions.ts';
import { salesRoutes } from './routes/sales.ts';
import { seatTypeRoutes } from './routes/seat-types.ts';

export interface ConferenceManagementApp {
  readonly http: HttpServer;
  readonly application: ConferenceManagementApplication;
}

/** Conference-management on given engines: everything but the process around it. */
export const conferenceManagementApp = async (parts: ServiceParts): Promise<ConferenceManagementApp> => {
  const { config, engines } = parts;
  const { service, tokenSecret: secret } = config;
  const { timer: clock } = engines;
  const application = conferenceManagementApplication(engines, { locator: locatorWith(secret) });
  const { http, tokens } = await contextServer(parts, {
    runtime: application.runtime,
    description: 'Conferences and their seat types, for those who organise them, with the orders and attendees of each.',
    problems: problems.kinds,
  });
  const now = () => clock.now();
  conferenceRoutes(http, { service, application, tokens, now });
  historyRoutes(http, application);
  organizerSessionRoutes(http, { application, tokens, attempts: sessionAttempts({ secret, clock }), now });
  seatTypeRoutes(http, service, application);
  salesRoutes(http, application);
  return { http, application };
};

export const conferenceManagement: ContextService<ConferenceManagementApp> = {
  name: 'conference-management',
  publishes: Object.values(topics).map(({ name }) => name),
  app: conferenceManagementApp,
};

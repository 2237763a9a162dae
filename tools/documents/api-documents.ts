import { conferenceManagementApp } from '@conference/app-conference-management';
import { paymentsApp } from '@conference/app-payments';
import { registrationApp } from '@conference/app-registration';
import {
  componentConfig,
  createLogger,
  createMetrics,
  type ServiceApp,
  type ServiceName,
  type ServiceParts,
  systemIds,
  systemRandom,
  systemTimer,
} from '@conference/platform';
import {
  createBrokerDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
} from '@conference/testing-memory';

/** A service without anything that lasts: it is asked what its routes are, and never run. */
const partsOf = (service: ServiceName): ServiceParts => {
  const timer = systemTimer;
  const logger = createLogger({ service, level: 'silent' });
  const eventStore = memoryEventStore({ clock: timer });
  return {
    config: componentConfig(service, ''),
    engines: {
      eventStore,
      broker: memoryMessageBroker({ disk: createBrokerDisk(), timer }),
      readModels: memoryReadModelStore({ disk: createReadModelDisk(), clock: timer }),
      timer,
      ids: systemIds,
      random: systemRandom,
      log: logger,
      instance: service,
    },
    logger,
    checkEventStore: async () => {},
    ownUrl: () => 'http://localhost',
    metrics: createMetrics({ service, withProcess: false }),
  };
};

const apps: { readonly [S in ServiceName]: (parts: ServiceParts) => Promise<ServiceApp> } = {
  'conference-management': conferenceManagementApp,
  registration: registrationApp,
  payments: paymentsApp,
};

export interface ApiDocument {
  readonly service: ServiceName;
  /** What it answers at `/openapi.json`. */
  readonly openApi: unknown;
}

const documentOf = async (service: ServiceName): Promise<ApiDocument> => {
  const { http } = await apps[service](partsOf(service));
  await http.ready();
  const openApi: unknown = http.swagger();
  await http.close();
  return { service, openApi };
};

/** The OpenAPI documents of the three services, as their routes declare themselves. */
export const apiDocuments = (): Promise<readonly ApiDocument[]> =>
  Promise.all((['conference-management', 'registration', 'payments'] as const).map(documentOf));

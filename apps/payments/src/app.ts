import { type PaymentsApplication, type PaymentsSettings, paymentsApplication, simulatedProcessor } from '@conference/payments-application';
import {
  contextHealth,
  contextMetrics,
  createHttpServer,
  type createLogger,
  createMetrics,
  type HttpServer,
  type Metrics,
  operatorRoutes,
  type ServiceConfig,
  tokens as tokensOf,
  verifyWebhook,
} from '@conference/platform';
import { type Engines, uuidv5 } from '@conference/runtime';
import { callbackDelivery, type SendCallback } from './callback-delivery.ts';
import { problems } from './problems.ts';
import { checkoutRoutes } from './routes/checkout.ts';
import { paymentRoutes } from './routes/payments.ts';
import { processorCallbackRoutes } from './routes/processor-callbacks.ts';

export interface PaymentsApp {
  readonly http: HttpServer;
  readonly application: PaymentsApplication;
}

/** Payments on given engines, with the simulated processor: everything but the process around it. */
export const paymentsApp = async (options: {
  readonly config: ServiceConfig;
  readonly engines: Engines;
  readonly logger: ReturnType<typeof createLogger>;
  readonly checkEventStore: () => Promise<void>;
  /** How the simulated processor reaches this service. */
  readonly sendCallback: SendCallback;
  readonly settings?: PaymentsSettings;
  readonly metrics?: Metrics;
}): Promise<PaymentsApp> => {
  const { config, engines, logger } = options;
  const { service, processorWebhookSecrets: secrets } = config;
  const { timer: clock, ids } = engines;
  const processor = simulatedProcessor(engines, {
    publicUrl: config.paymentsPublicUrl,
    deliver: callbackDelivery({ secrets, clock, send: options.sendCallback }),
  });
  const application = paymentsApplication(engines, options.settings ?? {}, processor);
  const metrics = options.metrics ?? createMetrics({ service: config.service });
  contextMetrics(metrics, { runtime: application.runtime, readModels: engines.readModels });
  const http = await createHttpServer({
    service,
    description: 'Payments of orders, and the call-backs of the payment processor.',
    logger,
    clock,
    ids,
    tokens: tokensOf({ secret: config.tokenSecret, clock }),
    operatorToken: config.operatorToken,
    uuidv5,
    health: contextHealth(application.runtime, options.checkEventStore),
    problems: problems.kinds,
    metrics,
    ...(config.rateLimitPerSecond === undefined ? {} : { rateLimitPerSecond: config.rateLimitPerSecond }),
  });
  paymentRoutes(http, service, application);
  processorCallbackRoutes(http, application, (headers, rawBody) => verifyWebhook({ secrets, headers, now: clock.now(), rawBody }));
  checkoutRoutes(http, application, processor);
  operatorRoutes(http, { runtime: application.runtime, readModels: engines.readModels });
  return { http, application };
};

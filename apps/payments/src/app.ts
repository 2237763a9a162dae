import { type PaymentsApplication, type PaymentsSettings, paymentsApplication, simulatedProcessor } from '@conference/payments-application';
import { topics } from '@conference/payments-contracts';
import { type ContextService, contextServer, type HttpServer, type ServiceParts, verifyWebhook } from '@conference/platform';
import { callbackDelivery, type SendCallback, sendOverHttp } from './callback-delivery.ts';
import { problems } from './problems.ts';
import { checkoutRoutes } from './routes/checkout.ts';
import { paymentRoutes } from './routes/payments.ts';
import { processorCallbackRoutes } from './routes/processor-callbacks.ts';

export interface PaymentsApp {
  readonly http: HttpServer;
  readonly application: PaymentsApplication;
}

export type PaymentsParts = ServiceParts & {
  /** How the simulated processor reaches this service. Default: over HTTP, where it listens. */
  readonly sendCallback?: SendCallback;
  readonly settings?: PaymentsSettings;
};

/** Payments on given engines, with the simulated processor: everything but the process around it. */
export const paymentsApp = async (parts: PaymentsParts): Promise<PaymentsApp> => {
  const { config, engines, sendCallback = sendOverHttp(parts.ownUrl), settings = {} } = parts;
  const { service, processorWebhookSecrets: secrets } = config;
  const { timer: clock } = engines;
  const processor = simulatedProcessor(engines, {
    publicUrl: config.paymentsPublicUrl,
    deliver: callbackDelivery({ secrets, clock, send: sendCallback }),
  });
  const application = paymentsApplication(engines, settings, processor);
  const { http } = await contextServer(parts, {
    runtime: application.runtime,
    description: 'Payments of orders, and the call-backs of the payment processor.',
    problems: problems.kinds,
  });
  paymentRoutes(http, service, application);
  processorCallbackRoutes(http, application, (headers, rawBody) => verifyWebhook({ secrets, headers, now: clock.now(), rawBody }));
  checkoutRoutes(http, application, processor);
  return { http, application };
};

export const payments: ContextService<PaymentsApp> = {
  name: 'payments',
  publishes: Object.values(topics).map(({ name }) => name),
  app: paymentsApp,
};

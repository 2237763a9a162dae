import { join } from 'node:path';
import { sqliteMessageBroker } from '@conference/adapter-sqlite';
import { openEngines } from '@conference/engines';
import {
  type Component as ComponentOf,
  componentConfig,
  component as componentOf,
  type Fact,
  type OpenEngines,
  type ServiceParts,
} from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import { type PaymentsApp, payments, paymentsApp } from './app.ts';
import type { CallbackRequest } from './callback-delivery.ts';

const service = payments.name;
/** The first signs, any is accepted. */
export const secrets = ['first', 'second'].map((name) => `whsec_${Buffer.from(`the ${name} secret of the specs`).toString('base64')}`);
export const { tokenSecret, operatorToken } = componentConfig(service, '');
export const idOf = (name: string): string => uuidv5(`spec:${name}`);

/** The way of a call-back from the simulated processor to the service; may be broken off. */
export type CallbackLine = { isCut: boolean; readonly tried: CallbackRequest[] };

const appOn = async (line: CallbackLine, parts: ServiceParts): Promise<PaymentsApp> => {
  let app: PaymentsApp | undefined;
  app = await paymentsApp({
    ...parts,
    // So that a busy machine does not decide whether a spec passes.
    settings: { orderFactsWithinMs: 1_000 },
    sendCallback: async (request) => {
      line.tried.push(request);
      if (line.isCut || app === undefined) throw new Error('the line is cut');
      const { headers, rawBody: payload } = request;
      return (await app.http.inject({ method: 'POST', url: '/v1/processor-callbacks', headers, payload })).statusCode;
    },
  });
  return app;
};

const neighbourTopics = { orders: 'registration.orders.v1', refunds: 'registration.refunds.v1' } as const;

/** The service on the embedded engines in a folder of its own, with a neighbour that says what a spec wants to be heard. */
export const component = async (open: OpenEngines = openEngines) => {
  const line: CallbackLine = { isCut: false, tried: [] };
  const running: ComponentOf<PaymentsApp> = await componentOf({
    service: { ...payments, app: (parts) => appOn(line, parts) },
    settings: { processorWebhookSecrets: secrets },
    openEngines: open,
    neighbours: ({ dataDir, timer }) =>
      sqliteMessageBroker({
        folder: join(dataDir, 'topics'),
        offsetsPath: join(dataDir, 'neighbours.sqlite'),
        publishes: Object.values(neighbourTopics),
        timer,
      }),
  });
  const say = (topic: keyof typeof neighbourTopics, subject: string, ...facts: readonly Fact[]) =>
    running.say(neighbourTopics[topic], subject, ...facts);
  return { ...running, line, say };
};
export type Component = Awaited<ReturnType<typeof component>>;

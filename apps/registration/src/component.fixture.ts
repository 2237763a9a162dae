import { join } from 'node:path';
import { sqliteMessageBroker } from '@conference/adapter-sqlite';
import { type ConferenceMessage, topics as conferenceTopics } from '@conference/conference-management-contracts';
import { openEngines } from '@conference/engines';
import { type PaymentMessage, topics as paymentTopics } from '@conference/payments-contracts';
import { componentConfig, component as componentOf, type Fact, type OpenEngines, type ServiceConfig } from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import { registration } from './app.ts';

const service = registration.name;
const config = componentConfig(service, '');
export const { operatorToken, tokenSecret, reservationSeconds, expiryGraceSeconds: graceSeconds } = config;
export const idOf = (name: string): string => uuidv5(`spec:${name}`);

const neighbourTopics = { conferences: conferenceTopics.conferences.name, payments: paymentTopics.payments.name } as const;
export type Said = { readonly conferences: ConferenceMessage; readonly payments: PaymentMessage };

/** The service on the embedded engines in a folder of its own, with neighbours that say what a spec wants to be heard. */
export const component = async (settings: Pick<ServiceConfig, 'openOrdersPerClient'> = {}, open: OpenEngines = openEngines) => {
  const running = await componentOf({
    service: registration,
    settings,
    openEngines: open,
    neighbours: ({ dataDir, timer }) =>
      sqliteMessageBroker({
        folder: join(dataDir, 'topics'),
        offsetsPath: join(dataDir, 'neighbours.sqlite'),
        publishes: Object.values(neighbourTopics),
        timer,
      }),
  });
  const say = async <Topic extends keyof Said>(topic: Topic, subject: string, ...facts: readonly Said[Topic][]): Promise<void> => {
    await running.say(neighbourTopics[topic], subject, ...facts);
  };
  /** What no neighbour should ever say. */
  const babble = (topic: keyof Said, subject: string, ...facts: readonly Fact[]) => running.say(neighbourTopics[topic], subject, ...facts);
  return { ...running, say, babble };
};
export type Component = Awaited<ReturnType<typeof component>>;

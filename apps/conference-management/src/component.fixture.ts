import { join } from 'node:path';
import { sqliteMessageBroker } from '@conference/adapter-sqlite';
import { openEngines } from '@conference/engines';
import {
  type Component as ComponentOf,
  componentConfig,
  component as componentOf,
  type Fact,
  type OpenEngines,
} from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import { type ConferenceManagementApp, conferenceManagement } from './app.ts';

const service = conferenceManagement.name;
export const { operatorToken, tokenSecret } = componentConfig(service, '');
export const idOf = (name: string): string => uuidv5(`spec:${name}`);

const neighbourTopics = { orders: 'registration.orders.v1', seats: 'registration.seats.v1', payments: 'payments.payments.v1' } as const;

/** The service on the embedded engines in a folder of its own, with neighbours that say what a spec wants to be heard. */
export const component = async (open: OpenEngines = openEngines) => {
  const running: ComponentOf<ConferenceManagementApp> = await componentOf({
    service: conferenceManagement,
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
  return { ...running, say };
};
export type Component = Awaited<ReturnType<typeof component>>;

import { storedEvents as conferenceEvents, publications as conferencePublications } from '@conference/conference-management-application';
import { publicMessages as conferenceMessages, topics as conferenceTopics } from '@conference/conference-management-contracts';
import type { DomainEvent, JsonObject } from '@conference/kernel';
import { storedEvents as paymentEvents, publications as paymentPublications } from '@conference/payments-application';
import { publicMessages as paymentMessages, topics as paymentTopics } from '@conference/payments-contracts';
import { storedEvents as registrationEvents, publications as registrationPublications } from '@conference/registration-application';
import { publicMessages as registrationMessages, topics as registrationTopics } from '@conference/registration-contracts';
import type { Publication } from '@conference/runtime';
import { goldenFiles } from '@conference/testing-spec';
import type { z } from 'zod';
import { type PublishedAs, publishedAs } from './published-as.ts';

/** A type of event or message: its shape of today, and what it was before. */
export interface DescribedType {
  readonly version: number;
  readonly schema: z.ZodType;
  readonly upcasters?: { readonly [from: number]: (data: JsonObject) => JsonObject };
  readonly formerNames?: readonly string[];
}
export interface Topic {
  readonly name: string;
  readonly categories: readonly string[];
  /** The key, in words. */
  readonly keyIs: string;
  readonly consumers: readonly string[];
}
export type Sample = { readonly file: string; readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

/** All that a context stores and says, as its own codec and contracts have it. */
export interface Context {
  readonly name: string;
  /** By category and type. */
  readonly stored: { readonly [category: string]: { readonly [type: string]: DescribedType } };
  readonly messages: { readonly [type: string]: DescribedType };
  readonly topics: readonly Topic[];
  /** Of the messages that are sent today. */
  readonly samples: readonly Sample[];
  /** What becomes of each stored event, found by publishing the golden ones. */
  readonly published: readonly PublishedAs[];
}

const golden = (context: string, layer: 'application' | 'contracts'): readonly Sample[] =>
  goldenFiles(new URL(`../../libs/${context}/${layer}/golden/`, import.meta.url));

const contextOf = <E extends DomainEvent>(
  name: string,
  parts: Pick<Context, 'stored' | 'messages'> & {
    readonly topics: { readonly [name: string]: Topic };
    readonly publications: readonly Publication<E>[];
  },
): Context => {
  const { stored, messages, topics, publications } = parts;
  return {
    name,
    stored,
    messages,
    topics: Object.values(topics),
    samples: golden(name, 'contracts'),
    published: publishedAs(stored, publications, golden(name, 'application')),
  };
};

/** The three contexts, in the order in which a seat is sold. */
export const contexts: readonly Context[] = [
  contextOf('conference-management', {
    stored: conferenceEvents,
    messages: conferenceMessages,
    topics: conferenceTopics,
    publications: conferencePublications,
  }),
  contextOf('registration', {
    stored: registrationEvents,
    messages: registrationMessages,
    topics: registrationTopics,
    publications: registrationPublications,
  }),
  contextOf('payments', { stored: paymentEvents, messages: paymentMessages, topics: paymentTopics, publications: paymentPublications }),
];

/** The messages of a topic: what the events of its streams become, and the marker, which every consumer has to know. */
export const messagesOf = ({ published, messages }: Context, { name }: Topic): readonly string[] => {
  const sent = new Set(published.filter(({ topic }) => topic === name).map(({ message }) => message));
  return Object.keys(messages).filter((type) => sent.has(type) || type === 'NotPublished');
};

import { EventStoreUnusable } from './failure.ts';

/** `eventstore` speaks to EventStoreDB 23.10 and newer, `kurrent` to these and to KurrentDB. */
export type ClientName = 'eventstore' | 'kurrent';

export interface Login {
  readonly username: string;
  readonly password: string;
}
export interface Address {
  /** As this client spells it. */
  readonly url: string;
  /** Without the password, for messages. */
  readonly shown: string;
  readonly login: Login;
}

/** Each client takes other names for the same thing, or grumbles about them. */
const schemes: Readonly<Record<ClientName, string>> = { eventstore: 'esdb', kurrent: 'kurrentdb' };
const pattern = /^(?:esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\/(?:([^:@/]+):([^@/]*)@)?(.+)$/;
/** A server without security does not look at it. */
const noLogin: Login = { username: 'none', password: 'none' };

/** Throws {@link EventStoreUnusable} for an address that is none. */
export const addressOf = (url: string, client: ClientName): Address => {
  const shown = url.replace(/(:\/\/[^:@/]+):[^@/]*@/, '$1:***@');
  const [, discover = '', username, password, rest] = pattern.exec(url) ?? [];
  if (rest === undefined)
    throw new EventStoreUnusable(`EVENTSTORE_URL must begin with esdb:// or kurrentdb:// (or +discover://), but is ${shown}`);
  const inUrl = username === undefined || password === undefined ? '' : `${username}:${password}@`;
  return {
    url: `${schemes[client]}${discover}://${inUrl}${rest}`,
    shown,
    login:
      username === undefined || password === undefined
        ? noLogin
        : { username: decodeURIComponent(username), password: decodeURIComponent(password) },
  };
};

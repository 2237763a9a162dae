import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';

export interface SaslLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface ClientOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Shown in the brokers' logs: the service's name. */
  readonly clientId: string;
  /** Default: no TLS. With it, certificates are checked against `ca` (PEM), or those that Node trusts (`NODE_EXTRA_CA_CERTS`). */
  readonly ssl?: boolean | { readonly ca: string };
  /** Default: no login. */
  readonly sasl?: SaslLogin;
  /** How long an answer is waited for; then the connection counts as dead. Default 5 s. */
  readonly requestMs?: number;
}

/** A client whose connections are ours to end: kafkajs waits for ever on one that is open and silent. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /** What waits on the connections fails, and the next request makes new ones. */
  cut(): void;
  /** Cut, and never connected again: nothing is sent any more, whatever still tries. */
  abandon(): void;
}

export const defaultRequestMs = 5_000;
const keepAliveMs = 30_000;

/** The driver has a type for each mechanism. */
const loginOf = ({ mechanism, username, password }: SaslLogin): SASLOptions => {
  const login = { username, password };
  if (mechanism === 'plain') return { mechanism, ...login };
  return mechanism === 'scram-sha-256' ? { mechanism, ...login } : { mechanism, ...login };
};

export const kafkaClient = ({ brokers, clientId, ssl = false, sasl, requestMs = defaultRequestMs }: ClientOptions): KafkaClient => {
  const sockets = new Set<Socket>();
  let isAbandoned = false;
  const socketFactory: NonNullable<KafkaConfig['socketFactory']> = ({ host, port, ssl: tls, onConnect }) => {
    if (isAbandoned) throw new Error('the client is closed');
    const socket = tls
      ? connectSecurely({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, onConnect)
      : connect({ host, port, noDelay: true }, onConnect);
    sockets.add(socket);
    socket.setKeepAlive(true, keepAliveMs).once('close', () => sockets.delete(socket));
    return socket;
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy(new Error('the connection was given up'));
  };
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    ssl: typeof ssl === 'boolean' ? ssl : { ca: ssl.ca },
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl) }),
    connectionTimeout: requestMs,
    authenticationTimeout: requestMs,
    requestTimeout: requestMs,
    socketFactory,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
  });
  return {
    kafka,
    cut,
    abandon() {
      isAbandoned = true;
      cut();
    },
  };
};

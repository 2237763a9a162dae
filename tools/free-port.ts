import { createServer } from 'node:net';

/**
 * Below the ports that an operating system gives to outgoing connections: a client that keeps trying a closed port of that
 * range can connect to itself, and the server that is started again would find its port taken.
 */
const portsFrom = 20_000;
const portsTo = 29_999;

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port on loopback that nobody listens on now. */
export const freePort = async (taken: readonly number[] = []): Promise<number> => {
  for (;;) {
    const port = portsFrom + Math.floor(Math.random() * (portsTo - portsFrom));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
};

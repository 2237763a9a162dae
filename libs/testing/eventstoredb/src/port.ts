import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that a system gives to outgoing connections: a client that keeps trying a closed port of that range can connect to
 * itself, and the server that starts again finds its port taken.
 */
const portsFrom = 20_000;
const portsTo = 29_999;

/** A port on loopback on which nobody listens now. */
export const restartablePort = async (): Promise<number> => {
  for (;;) {
    const port = portsFrom + Math.floor(Math.random() * (portsTo - portsFrom));
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
};

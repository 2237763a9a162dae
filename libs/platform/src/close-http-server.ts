import type { HttpServer } from './fastify-types.ts';

export const requestsInFlightMsMax = 5_000;
const idleCheckMs = 25;

/**
 * Stops accepting, lets requests in flight finish for at most 5 s, then cuts what is left. Requests that still arrive on
 * open connections meanwhile are answered 503.
 */
export const closeHttpServer = async (http: HttpServer, withinMs: number = requestsInFlightMsMax): Promise<void> => {
  const cut = setTimeout(() => http.server.closeAllConnections(), withinMs);
  // A connection that was busy when the closing began is kept alive after its answer, and would be waited for.
  const idle = setInterval(() => http.server.closeIdleConnections(), idleCheckMs);
  try {
    await http.close();
  } finally {
    clearTimeout(cut);
    clearInterval(idle);
  }
};

import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';

/** Nothing from elsewhere, no framing, no plug-ins: our own pages need none of it. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
};

export type SecurityHeaders = { readonly [name: string]: string };

const ofHttp = new Set(['content-type', 'content-length', 'date', 'connection', 'keep-alive', 'transfer-encoding']);

/**
 * The headers that helmet sets (without those that only old browsers knew), learnt from helmet once: they are the same
 * for every answer, and running it for each request would cost a good part of the throughput.
 */
export const securityHeaders = async (): Promise<SecurityHeaders> => {
  const learning: FastifyInstance = fastify();
  await learning.register(helmet, {
    contentSecurityPolicy,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  learning.get('/', async () => '');
  const { headers } = await learning.inject('/');
  await learning.close();
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (ofHttp.has(name) ? [] : [[name, String(value)]])));
};

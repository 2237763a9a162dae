import type { HTTPMethods } from 'fastify';

/** Which methods a path has: for 405 with `Allow`, for OPTIONS, and for the documentation's check. */
export interface RouteTable {
  add(method: HTTPMethods | readonly HTTPMethods[], url: string): void;
  /** Sorted; empty for a path that does not exist. */
  allowed(path: string): readonly string[];
  /** `GET /v1/orders/:id` */
  routes(): readonly string[];
}

const escaped = (segment: string): string => segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patternOf = (url: string): RegExp => {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*';
    return segment.startsWith(':') ? '[^/]+' : escaped(segment);
  });
  return new RegExp(`^${segments.join('/')}$`);
};

export const routeTable = (): RouteTable => {
  const methodsOf = new Map<string, Set<string>>();
  const patterns = new Map<string, RegExp>();
  return {
    add: (method, url) => {
      const methods = methodsOf.get(url) ?? new Set();
      for (const one of Array.isArray(method) ? method : [method]) methods.add(String(one));
      methodsOf.set(url, methods);
      patterns.set(url, patternOf(url));
    },
    allowed: (path) => {
      const methods = [...patterns].filter(([, pattern]) => pattern.test(path)).flatMap(([url]) => [...(methodsOf.get(url) ?? [])]);
      return [...new Set(methods)].sort();
    },
    routes: () => [...methodsOf].flatMap(([url, methods]) => [...methods].map((method) => `${method} ${url}`)).sort(),
  };
};

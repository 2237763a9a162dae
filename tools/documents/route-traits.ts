import { z } from 'zod';

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false) });
const operation = z.object({
  requestBody: z.unknown().optional(),
  parameters: z.array(parameter).default([]),
  security: z.array(z.unknown()).default([]),
});
const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

type Route = z.infer<typeof operation> & { readonly name: string; readonly method: string };

const hasHeader =
  (name: string, required = false) =>
  (route: Route): boolean =>
    route.parameters.some((one) => one.in === 'header' && one.name === name && (one.required || !required));

/** Why a route may answer something that its own description does not name: what it takes, and whom it serves. */
const traits: readonly { readonly name: string; readonly has: (route: Route) => boolean }[] = [
  { name: 'every route', has: () => true },
  { name: 'every route that takes a `Consistency-Token`', has: hasHeader('Consistency-Token') },
  { name: 'every route but `GET`', has: ({ method }) => method !== 'get' },
  { name: 'every route with a body', has: ({ requestBody }) => requestBody !== undefined },
  { name: 'every route with an id in its path', has: ({ name }) => name.includes('{') },
  { name: 'every route that needs a token or a signature', has: ({ security }) => security.length > 0 },
  { name: 'every route that takes an `Idempotency-Key`', has: hasHeader('Idempotency-Key') },
  { name: 'every route that needs an `Idempotency-Key`', has: hasHeader('Idempotency-Key', true) },
  { name: 'every route that takes `If-Match`', has: hasHeader('If-Match') },
  { name: 'every route that needs `If-Match`', has: hasHeader('If-Match', true) },
];

/** Beyond this many, routes are named by what they share. */
const namedMax = 3;

const routesOf = (document: unknown): readonly Route[] =>
  Object.entries(openApi.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ ...described, method, name: `${method.toUpperCase()} ${path}` })),
  );

/** The first trait that these routes of a service have, all of them and no other. */
export const traitOf = (document: unknown, routes: readonly string[] | 'everywhere'): string | undefined => {
  const all = routesOf(document);
  const isWanted = (name: string): boolean => routes === 'everywhere' || routes.includes(name);
  return traits.find(({ has }) => routes.length > 0 && all.every((route) => has(route) === isWanted(route.name)))?.name;
};

type Shared = { readonly name: string; readonly routes: readonly Route[] };

/** Traits of many of the routes and of no other route; each for many that those before it do not cover. */
const sharedTraits = (all: readonly Route[], wanted: readonly Route[], found: readonly Shared[] = []): readonly Shared[] => {
  const isCovered = (route: Route): boolean => found.some(({ routes }) => routes.includes(route));
  const gain = ({ routes }: Shared): number => routes.filter((route) => !isCovered(route)).length;
  const [best] = traits
    .map(({ name, has }) => ({ name, routes: all.filter(has) }))
    .filter(({ routes }) => routes.every((route) => wanted.includes(route)))
    .toSorted((a, b) => gain(b) - gain(a));
  return best === undefined || gain(best) <= namedMax ? found : sharedTraits(all, wanted, [...found, best]);
};

/**
 * Words for a set of routes (`POST /v1/orders`) of a service, from its OpenAPI document: what many of them share and no other
 * route has, and the others by name.
 */
export const describedRoutes = (document: unknown, routes: readonly string[] | 'everywhere'): string => {
  const all = routesOf(document);
  const wanted = routes === 'everywhere' ? all : all.filter(({ name }) => routes.includes(name));
  const shared = sharedTraits(all, wanted);
  const named = wanted.filter((route) => !shared.some((trait) => trait.routes.includes(route))).map(({ name }) => `\`${name}\``);
  return [...shared.map(({ name }) => name), ...named.toSorted()].join(', ');
};

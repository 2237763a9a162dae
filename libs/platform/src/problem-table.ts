import * as z from 'zod';
import { problemsOfAnyRequest } from './problem.ts';

/** What a table of problems needs of an OpenAPI document of ours: what every code means, and which routes answer with it. */
const documented = z.object({
  'x-problems': z.array(z.object({ code: z.string(), status: z.int(), title: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), z.object({ 'x-problem-codes': z.array(z.string()).default([]) }))),
});

type Operation = { readonly route: string; readonly codes: readonly string[] };
const operationsOf = ({ paths }: z.output<typeof documented>): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-problem-codes': codes }]) => ({ route: `${method.toUpperCase()} ${path}`, codes })),
  );

/** One problem of a service. `routes` is empty for a refusal that only its own process manager or policy can meet. */
export type ProblemRow = {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** `POST /v1/orders`, sorted; `everywhere` instead when each request of the service may be answered with it. */
  readonly routes: readonly string[] | 'everywhere';
};

/**
 * Every problem that a service may answer, by status and code, from its `/openapi.json` (`http.swagger()`). Throws for a
 * document that is none of ours.
 */
export const problemTable = (document: unknown): readonly ProblemRow[] => {
  const openapi = documented.parse(document);
  const operations = operationsOf(openapi);
  const routesOf = (wanted: string): ProblemRow['routes'] => {
    const routes = operations.filter(({ codes }) => codes.includes(wanted)).map(({ route }) => route);
    const isEverywhere = problemsOfAnyRequest.has(wanted) || (operations.length > 0 && routes.length === operations.length);
    return isEverywhere ? 'everywhere' : routes.toSorted();
  };
  return openapi['x-problems']
    .map((kind) => ({ ...kind, routes: routesOf(kind.code) }))
    .toSorted((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1));
};

/** Every route of the document, as `GET /v1/orders/{id}`: for a spec that speaks of all of them. */
export const documentedRoutes = (document: unknown): readonly string[] =>
  operationsOf(documented.parse(document)).map(({ route }) => route);

/** A problem that a route answered; `url` is the route's, as it was registered (`/v1/orders/:id`). */
export type AnsweredProblem = { readonly method: string; readonly url: string; readonly code: string };

/** Those that the document of the service does not announce, each once. Routes that are not in it do not count. */
export const undocumentedProblems = (document: unknown, answered: readonly AnsweredProblem[]): readonly string[] => {
  const codesOf = new Map(operationsOf(documented.parse(document)).map(({ route, codes }) => [route, codes]));
  const unannounced = answered.flatMap(({ method, url, code }) => {
    const route = `${method === 'HEAD' ? 'GET' : method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`;
    return codesOf.get(route)?.includes(code) === false ? [`${route} ${code}`] : [];
  });
  return [...new Set(unannounced)].toSorted();
};

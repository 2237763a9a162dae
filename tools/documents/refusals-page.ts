import { type ProblemRow, problemTable } from '@conference/platform';
import type { ApiDocument } from './api-documents.ts';
import { code, generatedNote, table } from './markdown.ts';
import { describedRoutes, traitOf } from './route-traits.ts';
import { type RuleRefusal, ruleRefusals } from './rule-refusals.ts';

type Answered = Pick<ProblemRow, 'status' | 'title' | 'routes'> & ApiDocument;

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** In words, by service; at once where all services answer it for the same reason. */
const byService = (services: readonly string[], answered: readonly Answered[]): string => {
  const isCommon = answered.length === services.length;
  const [trait, ...others] = unique(answered.map(({ openApi, routes }) => traitOf(openApi, routes) ?? ''));
  if (isCommon && trait !== undefined && trait !== '' && others.length === 0) return trait;
  return answered
    .map(({ service, openApi, routes }) => ({ service, words: describedRoutes(openApi, routes) }))
    .filter(({ words }) => words !== '')
    .map(({ service, words }) => `${service}: ${words}`)
    .join('<br>');
};
const byAggregate = (refusals: readonly RuleRefusal[]): string =>
  refusals.map(({ of, commands }) => `${of}: ${commands.map(code).join(', ')}`).join('<br>');

/**
 * `docs/refusals.md`: one table of every code, from the problems that the services declare and the refusals of the rules. A
 * refusal that is answered nowhere over HTTP has no status: only a process manager or an operator's log meets it.
 */
export const refusalsPage = (documents: readonly ApiDocument[]): string => {
  const services = documents.map(({ service }) => service);
  const answered = new Map<string, Answered[]>();
  for (const { service, openApi } of documents)
    for (const { code: name, ...row } of problemTable(openApi))
      answered.set(name, [...(answered.get(name) ?? []), { service, openApi, ...row }]);
  const names = unique([...answered.keys(), ...ruleRefusals.map((refusal) => refusal.code)]).toSorted();

  const rows = names.map((name) => {
    const problems = answered.get(name) ?? [];
    const refusals = ruleRefusals.filter((refusal) => refusal.code === name);
    const meanings = unique(refusals.length > 0 ? refusals.map(({ meaning }) => meaning) : problems.map(({ title }) => `${title}.`));
    const statuses = unique(problems.map(({ status }) => String(status)));
    return [code(name), statuses.join(', '), meanings.join(' '), byAggregate(refusals), byService(services, problems)];
  });

  return [
    ...generatedNote('the problems that the services declare and the refusals of the domain'),
    '# Refusals',
    '',
    'A refusal is a value with a code: of a rule when a command may not be carried out, of the HTTP edge when a request cannot be served. Codes',
    'are stable; a client may switch on them. Over HTTP a refusal is an RFC 9457 problem (`application/problem+json`) whose member `code` it is,',
    'with `detail` for a person, `errors` with JSON pointers where a request is not valid, and `traceId` for the operator. A code without a',
    'status is never answered over HTTP, and one that no route answers is met before its rule is asked (as `invalid-request`, or `not-found`):',
    'it comes back to the process manager that sent the command.',
    '',
    ...table(['code', 'status', 'meaning', 'refused by the rules of', 'answered by'], rows),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
};

export { locatorWith, newAccessCode, normalizedAccessCode } from './access-code.ts';
export { awaitConsistency, waitAskedMs, withConsistencyToken, withVersion } from './answers.ts';
export { type AuthPolicy, actorOf, assertCovers, auth, type Principal, type SignatureCheck } from './auth.ts';
export { canonicalJson, requestHashOf } from './canonical-json.ts';
export { closeHttpServer } from './close-http-server.ts';
export { commandIdOf, type HeaderUse, outcomeProblem, type RequestedCommand, type UnacceptedOutcome } from './commands.ts';
export {
  type CallHeaders,
  type CallMethod,
  type Component,
  type ComponentOptions,
  callerOf,
  component,
  componentConfig,
  type Fact,
} from './component.ts';
export { etagOf, parseIfMatch } from './conditional.ts';
export { consistencyToken, positionOf } from './consistency-token.ts';
export { contextMetrics } from './context-metrics.ts';
export { runContextService } from './context-service.ts';
export { answerTable, type CsvCell, type CsvColumn, csvLine, tableOf, tableQuery } from './csv.ts';
export { type Environment, httpAddress, oneOf, readConfig, text, wholeNumber } from './environment.ts';
export { type EventLoopLoad, eventLoopLoad } from './event-loop-load.ts';
export type { HttpServer, RequestedConsistency } from './fastify-types.ts';
export { unlimitedFields } from './field-limits.ts';
export { type DegradedPart, type HealthSource, type Readiness, readinessOf } from './health.ts';
export { type HistoryEntry, type HistoryPage, historyPage, historyView } from './history.ts';
export { createHttpServer, type HttpServerOptions } from './http-server.ts';
export { cursorOf, entryAfter, numberedPage } from './list-cursor.ts';
export { createLogger } from './logger.ts';
export { createMetrics, type Metrics, type Reading } from './metrics.ts';
export { contextHealth, operatorRoutes } from './operator-routes.ts';
export { pageLimitDefault, pageLimitMax, pageOf, pageQuery } from './pagination.ts';
export { preferredWaitMs } from './prefer.ts';
export {
  type CommonProblemCode,
  type InvalidPart,
  invalidRequest,
  keyReused,
  notFound,
  Problem,
  type ProblemCatalog,
  type ProblemKind,
  type ProblemOptions,
  problem,
  problemCatalog,
  problemCodes,
  readModelBehind,
  temporarilyUnavailable,
  tooManyRequests,
  unauthenticated,
  versionMismatch,
} from './problem.ts';
export { invalidInput } from './problem-responses.ts';
export { type AnsweredProblem, documentedRoutes, type ProblemRow, problemTable, undocumentedProblems } from './problem-table.ts';
export { type RateLimit, rateLimit } from './rate-limit.ts';
export { type RunningService, runService, type ServiceProcess } from './run-service.ts';
export { fileVariableOf, type SecretVariable, secretVariables, withSecretFiles } from './secret-files.ts';
export { keptSecret, type SecretName, secretFileOf, secretNames } from './secrets.ts';
export {
  commonVariables,
  type EngineAddresses,
  type EngineVariable,
  engineVariables,
  type LogLevel,
  logLevels,
  type ServiceConfig,
  type ServiceName,
  serviceConfig,
  urlOf,
} from './service-config.ts';
export {
  type ContextService,
  contextServer,
  type OpenEngines,
  type OpenedEngines,
  type ServiceApp,
  type ServiceParts,
} from './service-parts.ts';
export { type SessionAttempt, type SessionAttempts, sessionAttempts } from './session-attempts.ts';
export { isWebhookSecret, signWebhook, verifyWebhook, type WebhookHeaders } from './standard-webhooks.ts';
export { ConfigurationError, StartupFailure } from './startup-failure.ts';
export { systemIds, systemRandom, systemTimer } from './system.ts';
export { atQuery, moment } from './time-travel.ts';
export { sameSecret, type TokenClaims, type TokenKind, type Tokens, tokens } from './tokens.ts';
export { workspaceRoot } from './workspace-root.ts';

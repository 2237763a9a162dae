/** What a test of an engine needs: `*.<engine>.spec.ts` runs only where the variable names a server. */
export const engineAddresses: { readonly [engine: string]: string } = {
  esdb: 'EVENTSTORE_URL',
  kafka: 'KAFKA_BROKERS',
  mongodb: 'MONGODB_URL',
};

export const isAddressed = (engine: string, environment: NodeJS.ProcessEnv = process.env): boolean =>
  (environment[engineAddresses[engine] ?? ''] ?? '') !== '';

/** One line for each engine whose tests are not run. */
export const notRunLines = (environment: NodeJS.ProcessEnv = process.env): readonly string[] =>
  Object.entries(engineAddresses)
    .filter(([engine]) => !isAddressed(engine, environment))
    .map(([engine, variable]) => `not run     the tests of ${engine}: ${variable} names no server`);

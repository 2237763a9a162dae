import { EngineUnavailable } from '@conference/ports';

/**
 * A failure to start that the operator can mend: `problems` are whole sentences, printed one a line without a stack, and
 * the process ends with 1.
 */
export class StartupFailure extends Error {
  override readonly name: string = 'StartupFailure';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: { readonly cause?: unknown }) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** The environment is not usable as it is. */
export class ConfigurationError extends StartupFailure {
  override readonly name = 'ConfigurationError';
}

const codeOf = (error: Error): string | undefined => ('code' in error && typeof error.code === 'string' ? error.code : undefined);
const textOf = (error: Error, member: string): string => String(Object.entries(error).find(([name]) => name === member)?.[1] ?? '');

const unknownHost = (error: Error): string => `The host name ${textOf(error, 'hostname')} is not known: set HOST.`;

const systemFailures: { readonly [code: string]: (error: Error) => string | undefined } = {
  EADDRINUSE: (error) =>
    `The address ${textOf(error, 'address')}:${textOf(error, 'port')} is in use: is the service running already? Stop it, or set another port.`,
  EADDRNOTAVAIL: (error) => `The address ${textOf(error, 'address')} is not one of this machine: set HOST.`,
  ENOTFOUND: (error) => unknownHost(error),
  EAI_AGAIN: (error) => unknownHost(error),
  EACCES: (error) =>
    textOf(error, 'syscall') === 'listen'
      ? `Listening on port ${textOf(error, 'port')} is not permitted: set another port.`
      : `${textOf(error, 'path')} cannot be written: check its permissions, or set DATA_DIR.`,
  // Of any other call it is a bug of ours.
  ENOENT: (error) => (textOf(error, 'syscall') === 'mkdir' ? `${textOf(error, 'path')} cannot be made: set DATA_DIR.` : undefined),
  EPERM: (error) => `${textOf(error, 'path')} cannot be written: check its permissions, or set DATA_DIR.`,
  EROFS: (error) => `${textOf(error, 'path')} is on a read-only file system: set DATA_DIR.`,
  ENOTDIR: (error) => `${textOf(error, 'path')} is not a folder: set DATA_DIR.`,
  EEXIST: (error) => `${textOf(error, 'path')} is not a folder: set DATA_DIR.`,
  ENOSPC: () => 'The disk is full.',
};

/** What to print for an error that is expected at start-up: a {@link StartupFailure}, an engine that went away, or what the system says of ports and folders. */
export const startupProblems = (error: unknown): readonly string[] | undefined => {
  if (error instanceof StartupFailure) return error.problems;
  if (error instanceof EngineUnavailable) return [`An engine went away while the service started: ${error.message}.`];
  if (!(error instanceof Error)) return undefined;
  const problem = systemFailures[codeOf(error) ?? '']?.(error);
  return problem === undefined ? undefined : [problem];
};

import { EngineUnavailable } from '@conference/ports';
import {
  BSON,
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  MongoMissingDependencyError,
  MongoParseError,
  MongoServerError,
} from 'mongodb';
import { isDuplicateKey, isRefusedAsDuplicates } from './guarded-writes.ts';

/** What the server only says to a command that we got wrong, whenever it is sent. */
const ofProgrammer: ReadonlySet<unknown> = new Set([
  2, // BadValue
  9, // FailedToParse
  14, // TypeMismatch
  26, // NamespaceNotFound
  59, // CommandNotFound
  67, // CannotCreateIndex
  72, // InvalidOptions
  73, // InvalidNamespace
  85, // IndexOptionsConflict
  86, // IndexKeySpecsConflict
  10334, // BSONObjectTooLarge
]);

const kindsOfProgrammer = [TypeError, RangeError, BSON.BSONError, MongoInvalidArgumentError, MongoMissingDependencyError, MongoParseError];
const isOfProgrammer = (error: unknown): boolean =>
  (error instanceof MongoError && ofProgrammer.has(error.code)) || kindsOfProgrammer.some((kind) => error instanceof kind);

const reasonOf = ({ code, codeName }: MongoServerError): string => (typeof codeName === 'string' ? codeName : `code ${code}`);

/**
 * What an operation that failed is to throw: what a programmer got wrong as it is, and for all else, which the server or the network
 * did, `EngineUnavailable`, without what the driver tells of addresses. A refusal of duplicates is no failure here: the guarded writes look at it.
 */
export const failureOf = (error: unknown, operation: string): unknown => {
  if (isDuplicateKey(error) && !(error instanceof MongoBulkWriteError)) return error;
  if (isRefusedAsDuplicates(error)) return error;
  if (isOfProgrammer(error)) return error;
  if (error instanceof MongoServerError) {
    return new EngineUnavailable(`MongoDB does not do it (${operation}): ${reasonOf(error)}`, { cause: error });
  }
  return new EngineUnavailable(`MongoDB cannot be reached (${operation})`, { cause: error });
};

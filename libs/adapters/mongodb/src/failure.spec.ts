import { EngineUnavailable } from '@conference/ports';
import { MongoBulkWriteError, MongoInvalidArgumentError, MongoNetworkError, MongoServerError, MongoTopologyClosedError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { failureOf } from './failure.ts';

const refusal = (code: number, codeName?: string): MongoServerError =>
  new MongoServerError({ message: 'from db.example.com:27017', code, ...(codeName === undefined ? {} : { codeName }) });
const bulkOf = (...codes: readonly number[]): MongoBulkWriteError =>
  Object.assign(Object.create(MongoBulkWriteError.prototype), {
    code: codes[0],
    writeErrors: codes.map((code, index) => ({ code, index })),
    result: { getWriteConcernError: () => undefined },
  });

describe('what an operation that failed throws', () => {
  test.each([
    [new MongoNetworkError('connect ECONNREFUSED db.example.com:27017'), 'MongoDB cannot be reached (get)'],
    [new MongoTopologyClosedError(), 'MongoDB cannot be reached (get)'],
    [refusal(10107, 'NotWritablePrimary'), 'MongoDB does not do it (get): NotWritablePrimary'],
    [new DOMException('This operation was aborted', 'AbortError'), 'MongoDB cannot be reached (get)'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'MongoDB cannot be reached (get)'],
    [refusal(14031), 'MongoDB does not do it (get): code 14031'],
    [bulkOf(11000, 8), 'MongoDB does not do it (get): code 11000'],
  ])('is that the engine is away, and names no address: %s', (error, message) => {
    const failure = failureOf(error, 'get');
    expect(failure).toBeInstanceOf(EngineUnavailable);
    expect(failure).toMatchObject({ message, cause: error });
  });

  test.each([[new TypeError('no such index')], [refusal(2, 'BadValue')], [new MongoInvalidArgumentError('no')]])(
    'is what a programmer got wrong, as it is: %s',
    (error) => expect(failureOf(error, 'get')).toBe(error),
  );

  test.each([[refusal(11000)], [bulkOf(11000, 11000)]])('is the refusal of a duplicate, as it is: %#', (error) =>
    expect(failureOf(error, 'commit')).toBe(error),
  );
});

/** The code of a write that a unique index, here always that of the id, refused. */
export const duplicateKey = 11000;

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);
export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === duplicateKey;

interface WriteError {
  readonly code: unknown;
  readonly index: number;
}
const isWriteError = (value: unknown): value is WriteError =>
  typeof value === 'object' && value !== null && 'code' in value && 'index' in value && typeof value.index === 'number';

const writeErrorsOf = (error: unknown): readonly WriteError[] => {
  if (typeof error !== 'object' || error === null || !('writeErrors' in error)) return [];
  const errors: readonly unknown[] = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.every(isWriteError) ? errors : [];
};

/** Written, but not known to be on a majority of the members. */
const isUnconfirmed = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'result' in error &&
  typeof error.result === 'object' &&
  error.result !== null &&
  'getWriteConcernError' in error.result &&
  typeof error.result.getWriteConcernError === 'function' &&
  error.result.getWriteConcernError() !== undefined;

/** Whether a bulk did all that it could, and says nothing but that the rest was refused as duplicates. */
export const isRefusedAsDuplicates = (error: unknown): boolean => {
  const errors = writeErrorsOf(error);
  return errors.length > 0 && !isUnconfirmed(error) && errors.every(({ code }) => code === duplicateKey);
};

/** The places of a bulk's operations that were refused as duplicates; throws the error where it says anything else. */
export const refusedAsDuplicates = (error: unknown): readonly number[] => {
  if (!isRefusedAsDuplicates(error)) throw error;
  return writeErrorsOf(error).map(({ index }) => index);
};

/**
 * Writes operations that are guarded by a position and insert what is not there. A refusal as a duplicate says either that the stored
 * position is not older, or that another first write of the same id was a moment faster, though its position may be older: so what was
 * refused is written once more, and what is refused again is there already. `write` answers the places of the refused ones.
 */
export const writeGuarded = async <Operation>(
  operations: readonly Operation[],
  write: (operations: readonly Operation[]) => Promise<readonly number[]>,
): Promise<void> => {
  if (operations.length === 0) return;
  const refused = new Set(await write(operations));
  if (refused.size > 0) await write(operations.filter((_, index) => refused.has(index)));
};

/** The same for one operation. False: it was refused twice, so what stands there does not give way. */
export const wroteGuarded = async (write: () => Promise<unknown>): Promise<boolean> => {
  for (const last of [false, true]) {
    try {
      await write();
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      if (last) return false;
    }
  }
  return false;
};

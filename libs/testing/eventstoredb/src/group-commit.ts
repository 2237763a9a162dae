/**
 * What is asked for within one turn of the event loop is done together and then made durable once, before anybody is answered. All of
 * it happens in one go, so nobody reads what is not yet durable.
 */
export const groupCommit = (sync: () => void): (<Result>(work: () => Result) => Promise<Result>) => {
  let turn: Promise<void> | undefined;
  const works: (() => void)[] = [];
  const commit = (): void => {
    turn = undefined;
    for (const work of works.splice(0)) work();
    sync();
  };
  return async (work) => {
    let result: { readonly value: ReturnType<typeof work> } | { readonly error: unknown } | undefined;
    works.push(() => {
      try {
        result = { value: work() };
      } catch (error) {
        result = { error };
      }
    });
    turn ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          commit();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    await turn;
    if (result === undefined) throw new Error('a work was not done');
    if ('error' in result) throw result.error;
    return result.value;
  };
};

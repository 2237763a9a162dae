/** One thing that may not work for a while. */
export interface Trouble {
  /** Says it when it was well, or when what is wrong is of another kind than before. */
  begins(kind: string, message: string): void;
  /** Says it when it was not well. */
  isOver(): void;
}
export interface Troubles {
  part(name: string): Trouble;
  /** How many things do not work now. */
  count(): number;
}

/** Once for each change, however often it is tried meanwhile. */
export const createTroubles = (say: (message: string) => void): Troubles => {
  const wrong = new Map<Trouble, string>();
  return {
    count: () => wrong.size,
    part(name) {
      const trouble: Trouble = {
        begins(kind, message) {
          if (wrong.get(trouble) === kind) return;
          wrong.set(trouble, kind);
          say(`${name}: ${message}`);
        },
        isOver() {
          if (wrong.delete(trouble)) say(`${name}: well again`);
        },
      };
      return trouble;
    },
  };
};

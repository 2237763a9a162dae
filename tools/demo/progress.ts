export interface Progress {
  /** One more is done. */
  tick(): void;
  /** Leaves the line behind; nothing is drawn after that. */
  end(): void;
}

export type ProgressOptions = {
  readonly total: number;
  readonly what: string;
  /** A terminal is drawn on in place; anything else gets a line now and then. */
  readonly isTerminal: boolean;
  readonly write: (text: string) => void;
};

const barCharacters = 32;
const linesMax = 10;

export const barOf = (done: number, total: number): string => {
  const filled = total === 0 ? barCharacters : Math.round((done / total) * barCharacters);
  return `${'█'.repeat(filled)}${'░'.repeat(barCharacters - filled)}`;
};

/** A bar on a terminal, about ten plain lines elsewhere. */
export const progress = ({ total, what, isTerminal, write }: ProgressOptions): Progress => {
  const every = Math.max(1, Math.ceil(total / linesMax));
  let done = 0;
  let isEnded = false;
  const draw = (): void => {
    if (isEnded) return;
    const count = `${String(done).padStart(String(total).length)}/${total} ${what}`;
    if (isTerminal) write(`\r  ${barOf(done, total)} ${count}`);
    else if (done % every === 0 || done === total) write(`  ${count}\n`);
  };
  if (isTerminal) draw();
  return {
    tick: () => {
      done += 1;
      draw();
    },
    end: () => {
      if (!isEnded && isTerminal) write('\n');
      isEnded = true;
    },
  };
};

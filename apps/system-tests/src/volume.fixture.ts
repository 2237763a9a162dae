/** A small file system in memory, to be filled to the last byte. */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Volume {
  readonly path: string;
  freeBytes(): number;
  /** Leaves about so many bytes to others. */
  fill(leftBytes: number): void;
  /** Gives back what {@link fill} took. */
  makeRoom(): void;
  unmount(): void;
}

const chunk = Buffer.alloc(64 * 1024, 1);

/** Undefined where this process may not mount one; says so. */
export const mountVolume = (megabytes: number): Volume | undefined => {
  const path = mkdtempSync(join(tmpdir(), 'conference-volume-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(path);
    process.stdout.write(
      `  NOT RUN: no file system could be mounted here (${error instanceof Error ? error.message.trim() : String(error)})\n`,
    );
    return undefined;
  }
  const filler = join(path, 'filler');
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  const unmount = (): void => {
    if (!existsSync(path)) return;
    execFileSync('umount', ['--lazy', path], { stdio: 'pipe' });
    rmdirSync(path);
  };
  process.once('exit', unmount);
  return {
    path,
    freeBytes,
    fill: (leftBytes) => {
      const file = openSync(filler, 'a');
      try {
        for (let take = freeBytes() - leftBytes; take > 0; take = freeBytes() - leftBytes) {
          writeSync(file, chunk, 0, Math.min(take, chunk.length));
        }
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    unmount,
  };
};

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How often the owners of a process are looked at: an operating system does not tell a process that its grandparent is gone. */
const ownerPollMs = 500;

type ProcessStatus = { readonly parent: number; readonly ended: boolean };

/** The line of `/proc/<pid>/stat`; the name in parentheses may itself hold spaces and parentheses. */
export function parseStat(line: string): ProcessStatus {
  const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(parent), ended: state === 'Z' || state === 'X' };
}

function statusOf(pid: number): ProcessStatus | undefined {
  if (process.platform === 'linux') {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  return { parent: 0, ended: false };
}

/** A zombie counts as gone: it holds nothing and serves nobody, only its parent has not asked for its exit code yet. */
export function isRunning(pid: number): boolean {
  const status = statusOf(pid);
  return status !== undefined && !status.ended;
}

/** The parent of any process, `undefined` where the operating system does not say. */
export function parentOf(pid: number): number | undefined {
  if (process.platform === 'linux') return statusOf(pid)?.parent;
  if (process.platform === 'win32') return undefined;
  try {
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

/**
 * Calls `onGone` once, when any of `owners` has ended or this process has been handed to another parent.
 * A process killed with SIGKILL cannot stop what it started; those it started can notice.
 */
export function whenOwnersAreGone(owners: readonly number[], onGone: () => void): void {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent && owners.every(isRunning)) return;
    clearInterval(poll);
    onGone();
  }, ownerPollMs);
  poll.unref();
}

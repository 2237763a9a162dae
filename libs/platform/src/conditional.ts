import { problem } from './problem.ts';

const oneVersion = /^"(\d{1,15})"$/;

/** `ETag` of a resource: its stream's version. */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * The version that a command was made for. `*` (any version) is undefined: it asks for nothing that the command does not
 * check anyway. A list or a weak tag cannot name the one version that a decision is made on: 400 `invalid-if-match`.
 */
export const parseIfMatch = (header: string | undefined): number | undefined => {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, version] = oneVersion.exec(header.trim()) ?? [];
  if (version === undefined) throw problem('invalid-if-match', 'Send one version as it was in `ETag`, in quotes: `If-Match: "12"`.');
  return Number(version);
};

/** For a command that overwrites what was read: the version must be named, and `*` names none. */
export const requireIfMatch = (header: string | undefined): number => {
  const version = parseIfMatch(header);
  if (version === undefined) throw problem('if-match-required', 'Send the version that was read: `If-Match: "12"`.');
  return version;
};

/** The tables of `docs/FEATURES.md`. */

export type Reference = { readonly file: string; readonly title: string };
/** One row: what it is about, how it is here, and what shows it. */
export type Row = {
  /** `F12`, `W-3`. */
  readonly number: string;
  readonly name: string;
  readonly here: string;
  readonly tests: readonly Reference[];
  /** Files that are named without a test: what makes it impossible. */
  readonly files: readonly string[];
  /** What stands there as evidence and is neither. */
  readonly unreadable: readonly string[];
};

const row = /^\| *((?:F|W-)\d+) *\|(.*)\|\s*$/;
const evidence = /^\[[^\]]+\]\(\.\.\/([^)\s]+)\)(?: › (.+))?$/;

const cellsOf = (text: string): readonly string[] => text.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));

const rowOf = (number: string, rest: string): Row => {
  const [name = '', here = '', shownBy = ''] = cellsOf(rest);
  const found = shownBy
    .split('<br>')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, match: evidence.exec(text) }));
  return {
    number,
    name,
    here,
    tests: found.flatMap(({ match }) => (match?.[2] === undefined ? [] : [{ file: match[1] ?? '', title: match[2] }])),
    files: found.flatMap(({ match }) => (match !== null && match[2] === undefined ? [match[1] ?? ''] : [])),
    unreadable: found.flatMap(({ text, match }) => (match === null ? [text] : [])),
  };
};

export const rowsOf = (markdown: string): readonly Row[] =>
  markdown.split('\n').flatMap((line) => {
    const match = row.exec(line);
    return match === null ? [] : [rowOf(match[1] ?? '', match[2] ?? '')];
  });

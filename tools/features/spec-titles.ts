/** The titles of tests, read from the source: what stands in `describe`, `it` and `test`, and in `feature` and `scenario`. */

export type SpecFile = { readonly path: string; readonly text: string };
/** From the outermost group to the test. */
export type TitlePath = readonly string[];

const template = /`(?:\\[\s\S]|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}|[^`\\])*`/;
/** A slash begins a regular expression where no value can have ended before it. */
const regularExpression = /(?<=(?:^|[(,=:[!&|?{};+]|=>|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/;
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/;
const commentOrLiteral = new RegExp(`/\\*[\\s\\S]*?\\*/|//[^\\n]*|${quoted.source}|${template.source}|${regularExpression.source}`, 'g');

type Parts = { readonly code: string; readonly literals: readonly string[] };

const unescaped = (literal: string): string => literal.replace(/\\(.)/g, '$1');

/** Without comments; every text replaced by its number in quotes, so that a parenthesis in the rest is one. */
const partsOf = (source: string): Parts => {
  const literals: string[] = [];
  const code = source.replace(commentOrLiteral, (match) => {
    if (match.startsWith('//') || match.startsWith('/*')) return ' ';
    literals.push(match.startsWith('/') ? match : unescaped(match.slice(1, -1)));
    return `'${literals.length - 1}'`;
  });
  return { code, literals };
};

/** Behind the parenthesis that closes the one at `open`. */
const closing = (code: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')' && --depth === 0) return at + 1;
  }
  return code.length;
};

/** `it(`, `it.each(` or `it.each<…>(`, and `describe.concurrent(`; not `commit(`, and not the `test(` of a regular expression. */
const call = /(?<![\w$.'])(describe|feature|it|test|scenario(?:Alone)?)((?:\.\w+)*)(?:<(?:=>|[^<>]|<(?:=>|[^<>])*>)*>)?\(/g;
const inTwoSteps = /\.(each|for|runIf|skipIf)$/;
const title = /^\(\s*'(\d+)'\s*[,)]/;
/** The title of a test that is made of each row of a table: the first text of the row. */
const fromRow = /^(?:%s|\$name)$/;
const firstOfRow = /\[\s*'(\d+)'/g;

type Call = { readonly isGroup: boolean; readonly from: number; readonly to: number; readonly title: string | undefined };

const callsIn = ({ code, literals }: Parts): readonly Call[] =>
  [...code.matchAll(call)].map((match) => {
    const [whole, name = '', modifiers = ''] = match;
    let open = match.index + whole.length - 1;
    if (inTwoSteps.test(modifiers)) open = code.indexOf('(', closing(code, open));
    const number = title.exec(code.slice(open, open + 40))?.[1];
    const isGroup = name === 'describe' || name === 'feature';
    return { isGroup, from: match.index, to: closing(code, open), title: number === undefined ? undefined : literals[Number(number)] };
  });

const groupsAround = (calls: readonly Call[], at: number): readonly string[] =>
  calls.flatMap((one) => (one.isGroup && one.from < at && at < one.to && one.title !== undefined ? [one.title] : []));

/** Every test of a file by its titles; `it.each` as it is written, and the rows of a table that are titles themselves. */
export const titlesOf = (source: string): readonly TitlePath[] => {
  const parts = partsOf(source);
  const calls = callsIn(parts);
  const pathAt = (at: number, own: string): TitlePath => [...groupsAround(calls, at), own];
  const tests = calls.filter(({ isGroup }) => !isGroup);
  const written = tests.flatMap((one) => (one.title === undefined ? [] : [pathAt(one.from, one.title)]));
  if (tests.every((one) => one.title !== undefined && !fromRow.test(one.title))) return written;
  const rows = [...parts.code.matchAll(firstOfRow)].map((match) => pathAt(match.index, parts.literals[Number(match[1])] ?? ''));
  return [...written, ...rows];
};

export const titleSeparator = ' › ';
export const asTitle = (path: TitlePath): string => path.join(titleSeparator);

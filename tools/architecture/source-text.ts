/** Reading TypeScript without a parser: enough to find imports and calls, blind to what stands in comments and literals. */

/** Whichever begins first; a quote inside a regular expression ends with its line at the latest. */
const commentOrLiteral = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

type Parts = {
  /** The text without comments, every literal replaced by its number in quotes. */
  readonly code: string;
  readonly literals: readonly string[];
};

function partsOf(text: string): Parts {
  const literals: string[] = [];
  const code = text.replace(commentOrLiteral, (match) => {
    if (match.startsWith('/')) return match.replace(/[^\n]+/g, ' ');
    literals.push(match.slice(1, -1));
    return `'${literals.length - 1}'${'\n'.repeat(match.split('\n').length - 1)}`;
  });
  return { code, literals };
}

/** The text without comments and without what stands in literals, line by line where it was. */
export const codeOf = (text: string): string => partsOf(text).code;

const importStatement = /(?:^|[;}\n])\s*(?:import|export)\b(?:[^';=(]*?\bfrom)?\s*'(\d+)'|\bimport\s*\(\s*'(\d+)'/g;

/** The specifiers of all imports and re-exports, dynamic ones included, in order. */
export function importsOf(text: string): readonly string[] {
  const { code, literals } = partsOf(text);
  return [...code.matchAll(importStatement)].flatMap((match) => literals[Number(match[1] ?? match[2])] ?? []);
}

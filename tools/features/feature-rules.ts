/** What must hold for `docs/FEATURES.md`: each rule says what is wrong, line by line, and nothing when all is well. */
import type { Row } from './feature-table.ts';
import { asTitle, type SpecFile, type TitlePath, titleSeparator, titlesOf } from './spec-titles.ts';

export type Facts = {
  readonly rows: readonly Row[];
  /** Every file in which tests are written. */
  readonly specs: readonly SpecFile[];
  /** Whether a file of the repository is there. */
  readonly exists: (path: string) => boolean;
};
export type Rule = (facts: Facts) => readonly string[];

const featuresLast = 109;
const defectsLast = 47;
/** Decided: these two come later, and are rows so that nobody looks for them in vain. */
const comesLater: readonly string[] = ['F110', 'F111'];
const isDefect = ({ number }: Row): boolean => number.startsWith('W-');
const isLater = ({ here }: Row): boolean => here.startsWith('later:');

const upTo = (prefix: string, last: number): readonly string[] => Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`);
const expected: readonly string[] = [...upTo('F', featuresLast), ...comesLater, ...upTo('W-', defectsLast)];

export const everyNumberHasOneRow: Rule = ({ rows }) => {
  const numbers = rows.map(({ number }) => number);
  return [
    ...expected.filter((number) => !numbers.includes(number)).map((number) => `${number}: has no row`),
    ...numbers.filter((number, index) => numbers.indexOf(number) !== index).map((number) => `${number}: has two rows`),
    ...numbers.filter((number) => !expected.includes(number)).map((number) => `${number}: is not a number of the original`),
  ];
};

export const everyRowIsFilledIn: Rule = ({ rows }) =>
  rows.flatMap(({ number, name, here, unreadable }) => [
    ...(name === '' || here === '' ? [`${number}: says nothing of what it is, or of how it is here`] : []),
    ...unreadable.map((text) => `${number}: is shown by neither a test nor a file: ${text}`),
  ]);

export const nothingIsMissing: Rule = ({ rows }) =>
  rows.flatMap((row) => {
    if (/^missing\b/.test(row.here)) return [`${row.number}: ${row.here}`];
    if (isLater(row) !== comesLater.includes(row.number)) return [`${row.number}: only ${comesLater.join(' and ')} come later`];
    return [];
  });

/** A defect may be made impossible by a file instead; a feature is shown by a test. */
export const everyRowIsShown: Rule = ({ rows }) =>
  rows.flatMap((row) => {
    if (isLater(row) || row.tests.length > 0) return [];
    return isDefect(row) && row.files.length > 0 ? [] : [`${row.number}: nothing shows it`];
  });

const titlesByFile = (specs: readonly SpecFile[]): ReadonlyMap<string, readonly string[]> =>
  new Map(specs.map(({ path, text }) => [path, titlesOf(text).map(asTitle)]));

export const everyTestIsThere: Rule = ({ rows, specs }) => {
  const titles = titlesByFile(specs);
  return rows.flatMap(({ number, tests }) =>
    tests.flatMap(({ file, title }) => {
      const found = titles.get(file);
      if (found === undefined) return [`${number}: ${file} is no file of tests`];
      return found.includes(title) ? [] : [`${number}: ${file} has no test “${title}”`];
    }),
  );
};

export const everyFileIsThere: Rule = ({ rows, exists }) =>
  rows.flatMap(({ number, files }) => files.filter((file) => !exists(file)).map((file) => `${number}: ${file} is not there`));

const defectOf = (title: string): string | undefined => /^(W-\d+)\b/.exec(title)?.[1];

/** What a test is named after: itself, or the group around it that is; with that name, from the outermost group on. */
const namedAfter = (path: TitlePath): { readonly defect: string; readonly name: string } | undefined => {
  const index = path.findIndex((title) => defectOf(title) !== undefined);
  const defect = defectOf(path[index] ?? '');
  return defect === undefined ? undefined : { defect, name: asTitle(path.slice(0, index + 1)) };
};
const isCalled = (title: string, name: string): boolean => title === name || title.startsWith(name + titleSeparator);

/** What is named after a defect stands in its row, and the row of a defect with tests has one that is named after it. */
export const everyDefectHasItsTest: Rule = ({ rows, specs }) => {
  const rowOf = new Map(rows.map((row) => [row.number, row]));
  const named = specs.flatMap(({ path, text }) => titlesOf(text).flatMap((titles) => ({ path, ...namedAfter(titles) })));
  const withoutRow = named.flatMap(({ path, defect, name }) => {
    if (defect === undefined || name === undefined) return [];
    const isInRow = rowOf.get(defect)?.tests.some(({ file, title }) => file === path && isCalled(title, name)) ?? false;
    return isInRow ? [] : [`${defect}: ${path} has “${name}”, which its row does not name`];
  });
  const withoutTest = rows
    .filter((row) => isDefect(row) && row.tests.length > 0)
    .filter(({ number, tests }) => !tests.some(({ title }) => title.split(titleSeparator).some((part) => defectOf(part) === number)))
    .map(({ number }) => `${number}: none of its tests is named after it`);
  return [...new Set([...withoutRow, ...withoutTest])];
};

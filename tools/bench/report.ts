export interface Row {
  readonly title: string;
  readonly value: string;
  readonly detail: string;
}

/** Three columns, padded; made for a terminal and for a closing note alike. */
export const table = (rows: readonly Row[]): string => {
  const widths = [Math.max(...rows.map(({ title }) => title.length)), Math.max(...rows.map(({ value }) => value.length))] as const;
  return rows.map(({ title, value, detail }) => `${title.padEnd(widths[0])}  ${value.padEnd(widths[1])}  ${detail}`).join('\n');
};

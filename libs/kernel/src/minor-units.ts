/**
 * A decimal amount in minor units (cents), rounded half to even, on its decimal text: exact, where binary fractions are not.
 * Throws a `RangeError` for what is no plain decimal.
 */
export const minorUnitsOf = (decimal: number | string): number => {
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(decimal)) ?? [];
  if (whole === undefined) throw new RangeError(`${decimal} is not a decimal amount`);
  const cents = Number(whole + fraction.slice(0, 2).padEnd(2, '0'));
  const rest = fraction.slice(2).padEnd(1, '0');
  const half = `5${'0'.repeat(rest.length - 1)}`;
  const isUp = rest > half || (rest === half && cents % 2 === 1);
  const rounded = isUp ? cents + 1 : cents;
  return sign === '-' && rounded !== 0 ? -rounded : rounded;
};

import { expect, it } from 'vitest';
import { guaranteesIn, withCapabilityTable } from './capability-table.ts';

it('a guarantee is a group of a suite, with the number of its tests', () => {
  const text =
    "export const suite = () => {\n  describe('leases', () => {\n    it('one', () => {});\n    test.each([1, 2])('two', () => {});\n  });\n};\n";
  expect(guaranteesIn(text)).toEqual({ title: 'leases', tests: 2 });
  expect(guaranteesIn('export const helper = 1;\n')).toBeUndefined();
});

it('the table has its place in the page, and the page says so when it has none', () => {
  const page = 'before\n<!-- made by npm run documents: capabilities -->\nold\n<!-- end of what is made -->\nafter\n';
  const made = withCapabilityTable(page);
  expect(made).toMatch(/^before\n/);
  expect(made).toMatch(/\nafter\n$/);
  expect(made).not.toContain('old');
  expect(withCapabilityTable(made)).toBe(made);
  expect(() => withCapabilityTable('before\n')).toThrow('there is no');
});

import { describe, expect, it } from 'vitest';
import { jsonText } from './json-text.ts';

describe('JSON text', () => {
  it('is JSON, whatever it holds', () => {
    const value = { a: [1, 'two', null], b: [], c: {}, d: [{ e: [[1], { f: 'quoted "text"' }] }], g: true };
    expect(JSON.parse(jsonText(value))).toEqual(value);
  });

  it('keeps plain lists on one line where they fit, as the formatter does', () => {
    expect(jsonText({ required: ['a', 'b'] })).toBe('{\n  "required": ["a", "b"]\n}\n');
    const long = Array.from({ length: 40 }, (_, index) => `name ${index}`);
    expect(jsonText({ long }).split('\n')).toHaveLength(45);
  });
});

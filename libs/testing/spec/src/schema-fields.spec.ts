import { describe, expect, it } from 'vitest';
import { fieldsOf } from './schema-fields.ts';

describe('the fields of a schema', () => {
  it('are found wherever they hide, with the field that holds them', () => {
    const inner = { type: 'object', properties: { accessCode: { type: 'string' } } };
    const item = { type: 'object', properties: { b: { anyOf: [inner, { type: 'null' }] } } };
    expect(fieldsOf({ type: 'object', properties: { a: { type: 'array', items: item } } })).toEqual([
      ['', 'a'],
      ['a', 'b'],
      ['b', 'accessCode'],
    ]);
  });

  it('are none of what is no object', () => expect(fieldsOf({ type: 'string' })).toEqual([]));
});

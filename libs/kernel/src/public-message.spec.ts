import { describe, expect, expectTypeOf, it } from 'vitest';
import type { DomainEvent, Instant } from './messages.ts';
import { firstVersionBy, type Immutable, type PublicMessage, type PublicSchema } from './public-message.ts';

type Seats = { seatTypeId: string; counts: number[]; at: Instant };
/** Reads what has a text for an id, and keeps only that. */
const schema = {
  parse: (data: unknown): { id: string } => {
    if (typeof data !== 'object' || data === null || !('id' in data) || typeof data.id !== 'string') throw new TypeError('no id');
    return { id: data.id };
  },
};

const firstVersion = firstVersionBy((whole) => whole);

describe('A message’s first version', () => {
  it('is read by its schema: what is not known is dropped, what is missing is refused', () => {
    const { version, parse } = firstVersion(schema);
    expect(version).toBe(1);
    expect(parse({ id: 'a', more: 1 })).toEqual({ id: 'a' });
    expect(() => parse({})).toThrow('no id');
  });

  it('is compiled once, for the first message', () => {
    const compiled: unknown[] = [];
    const { parse } = firstVersionBy((whole) => {
      compiled.push(whole);
      return whole;
    })(schema);
    expect(compiled).toEqual([]);
    expect([parse({ id: 'a' }), parse({ id: 'b' })]).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(compiled).toEqual([schema]);
  });

  it('has no older one, or the one that is lifted', () => {
    expect(firstVersion(schema)).not.toHaveProperty('upcasters');
    const lift = ({ SourceId = null }) => ({ id: SourceId });
    expect(firstVersion(schema, { lift }).upcasters?.[0]?.({ SourceId: 'a' })).toEqual({ id: 'a' });
    expect(firstVersion(schema, { formerNames: ['Before'] }).formerNames).toEqual(['Before']);
  });

  it('has the type of its schema, and fits where any schema is asked for', () => {
    expectTypeOf(firstVersion(schema).parse).returns.toEqualTypeOf<{ id: string }>();
    expectTypeOf(firstVersion(schema)).toExtend<PublicSchema>();
  });
});

describe('A public message', () => {
  it('is an event whose data nobody can change', () => {
    expectTypeOf<PublicMessage<'Seen', typeof schema>>().toEqualTypeOf<{ readonly type: 'Seen'; readonly data: { readonly id: string } }>();
    expectTypeOf<PublicMessage<'Seen', typeof schema>>().toExtend<DomainEvent>();
    expectTypeOf<Immutable<Seats>>().toEqualTypeOf<{
      readonly seatTypeId: string;
      readonly counts: readonly number[];
      readonly at: Instant;
    }>();
  });
});

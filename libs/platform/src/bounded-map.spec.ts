import { describe, expect, it } from 'vitest';
import { boundedMap } from './bounded-map.ts';

describe('a bounded map', () => {
  it('drops the entry that was used longest ago', () => {
    const map = boundedMap<number>({ entriesMax: 2 });
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  });

  it('drops entries until the weight is within its bound', () => {
    const map = boundedMap<string>({ entriesMax: 10, weightMax: 5, weightOf: (text) => text.length });
    map.set('a', 'xx');
    map.set('b', 'xx');
    map.set('c', 'xx');
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 'xx', 'xx']);
  });

  it('does not keep a value that alone is too heavy, nor the one it would replace', () => {
    const map = boundedMap<string>({ entriesMax: 10, weightMax: 5, weightOf: (text) => text.length });
    map.set('a', 'x');
    map.set('b', 'x');
    map.set('a', 'xxxxxx');
    expect([map.get('a'), map.get('b'), map.size]).toEqual([undefined, 'x', 1]);
  });

  it('counts a replaced value once', () => {
    const map = boundedMap<string>({ entriesMax: 10, weightMax: 5, weightOf: (text) => text.length });
    for (let i = 0; i < 10; i++) map.set('a', 'xxx');
    map.set('b', 'xx');
    expect([map.get('a'), map.get('b')]).toEqual(['xxx', 'xx']);
    map.delete('a');
    map.set('c', 'xxx');
    expect(map.size).toBe(2);
  });
});

it('a bounded map that is full for long still answers as one that kept every use in order', () => {
  const map = boundedMap<number>({ entriesMax: 50 });
  let order: string[] = [];
  const use = (key: string): void => {
    order = [...order.filter((other) => other !== key), key].slice(-50);
  };
  for (let i = 0; i < 5_000; i++) {
    const key = `k${(i * 7919) % 83}`;
    const known = order.includes(key);
    expect(map.get(key) !== undefined).toBe(known);
    if (known) use(key);
    if (i % 11 === 0) {
      map.delete(key);
      order = order.filter((other) => other !== key);
    } else {
      map.set(key, i);
      use(key);
    }
    expect(map.size).toBe(order.length);
  }
});

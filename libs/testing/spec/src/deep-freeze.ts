const frozen = new WeakSet<object>();

const isUnguarded = (value: object): boolean =>
  value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

const freezeAt = (value: unknown, path: string): void => {
  if (typeof value === 'function') throw new TypeError(`${path} is a function: state and messages are plain data`);
  if (typeof value !== 'object' || value === null || frozen.has(value)) return;
  if (isUnguarded(value))
    throw new TypeError(`${path} is a ${value.constructor.name}: freezing cannot guard it, use plain data or a PersistentMap`);
  frozen.add(value);
  Object.freeze(value);
  for (const [key, part] of Object.entries(value)) freezeAt(part, `${path}.${key}`);
};

/**
 * Freezes a value and all it holds, so that whoever mutates it fails at once. Throws a `TypeError` at a Map, Set, Date,
 * buffer or function anywhere in it: freezing cannot guard those. What was frozen here before is not walked again.
 */
export const deepFreeze = <T>(value: T, name = 'value'): T => {
  freezeAt(value, name);
  return value;
};

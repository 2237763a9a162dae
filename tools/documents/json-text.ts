import type { Json } from '@conference/kernel';

const columns = 140;
const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null;

const textAt = (value: Json, indent: string, used: number): string => {
  if (isScalar(value)) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((item: Json) => JSON.stringify(item)).join(', ')}]`;
    if (value.every(isScalar) && used + flat.length < columns) return flat;
    return `[\n${value.map((item: Json) => `${deeper}${textAt(item, deeper, deeper.length)}`).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value as { readonly [key: string]: Json });
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, field]) => {
    const name = `${deeper}${JSON.stringify(key)}: `;
    return `${name}${textAt(field, deeper, name.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
};

/** JSON as the formatter of this repository leaves it: lists of plain values on one line where they fit. */
export const jsonText = (value: Json): string => `${textAt(value, '', 0)}\n`;

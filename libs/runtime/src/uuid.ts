import { hash } from 'node:crypto';

const ownNamespace = '6ba7b811-9dad-41d1-80b4-00c04fd430c8'.replaceAll('-', '');
const scratch = Buffer.alloc(1024);
const variant = ['8', '9', 'a', 'b'];

/**
 * A name-based UUID (RFC 9562 §5.5): the same input makes the same id, on every machine and after every crash. With two
 * arguments the first is a UUID and the namespace of the second. One buffer and the one-shot hash: this is on the hot path.
 */
export function uuidv5(name: string): string;
export function uuidv5(namespace: string, name: string | number): string;
export function uuidv5(first: string, second?: string | number): string {
  const namespace = second === undefined ? ownNamespace : first.replaceAll('-', '');
  const name = second === undefined ? first : String(second);
  const size = 16 + Buffer.byteLength(name);
  const bytes = size <= scratch.length ? scratch : Buffer.alloc(size);
  if (bytes.write(namespace, 0, 'hex') !== 16) throw new Error(`not a UUID: ${first}`);
  bytes.write(name, 16);
  const h = hash('sha1', bytes.subarray(0, size), 'hex');
  const clock = variant[Number.parseInt(h[16] ?? '0', 16) & 3];
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-${clock}${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

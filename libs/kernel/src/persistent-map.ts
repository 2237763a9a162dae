/**
 * A map for whatever grows with history. `set` and `delete` answer a new map in O(log n) that shares the rest with the
 * old one, so an old state stays valid and costs nothing. Iteration order is that of the hashes: deterministic for a
 * given content, but not the order of insertion.
 */
export interface PersistentMap<V> extends Iterable<readonly [string, V]> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): PersistentMap<V>;
  delete(key: string): PersistentMap<V>;
}

// A hash array mapped trie (Bagwell 2001, "Ideal Hash Trees"), 32-way. Nodes are plain arrays
// and objects, which can be frozen; the shape depends on the content alone, but for keys of one hash.
type Leaf<V> = { readonly hash: number; readonly key: string; readonly value: V };
type Collision<V> = { readonly hash: number; readonly leaves: readonly Leaf<V>[] };
type Branch<V> = { readonly bitmap: number; readonly nodes: readonly Node<V>[] };
type Node<V> = Leaf<V> | Collision<V> | Branch<V>;

const bitsPerLevel = 5;

/** FNV-1a over UTF-16 units with a final mix, so that the low bits (the first levels) depend on the whole key. */
const hashOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
};

const isBranch = <V>(node: Node<V>): node is Branch<V> => 'bitmap' in node;
const isLeaf = <V>(node: Node<V>): node is Leaf<V> => 'key' in node;
const bitOf = (hash: number, shift: number): number => 1 << ((hash >>> shift) & 31);

const bitCount = (bits: number): number => {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
const indexOf = (bitmap: number, bit: number): number => bitCount(bitmap & (bit - 1));

const find = <V>(root: Node<V> | undefined, hash: number, key: string): Leaf<V> | undefined => {
  let node = root;
  for (let shift = 0; node !== undefined; shift += bitsPerLevel) {
    if (isLeaf(node)) return node.key === key ? node : undefined;
    if (!isBranch(node)) return node.hash === hash ? node.leaves.find((leaf) => leaf.key === key) : undefined;
    const bit = bitOf(hash, shift);
    node = (node.bitmap & bit) === 0 ? undefined : node.nodes[indexOf(node.bitmap, bit)];
  }
  return undefined;
};

/** Two nodes of different hashes below one branch. */
const join = <V>(a: Leaf<V> | Collision<V>, b: Leaf<V>, shift: number): Branch<V> => {
  const bitA = bitOf(a.hash, shift);
  const bitB = bitOf(b.hash, shift);
  if (bitA === bitB) return { bitmap: bitA, nodes: [join(a, b, shift + bitsPerLevel)] };
  return { bitmap: bitA | bitB, nodes: bitA >>> 0 < bitB >>> 0 ? [a, b] : [b, a] };
};

const insert = <V>(node: Node<V> | undefined, leaf: Leaf<V>, shift: number): Node<V> => {
  if (node === undefined) return leaf;
  if (isBranch(node)) {
    const bit = bitOf(leaf.hash, shift);
    const index = indexOf(node.bitmap, bit);
    const nodes = node.nodes.slice();
    if ((node.bitmap & bit) === 0) nodes.splice(index, 0, leaf);
    else nodes[index] = insert(nodes[index], leaf, shift + bitsPerLevel);
    return { bitmap: node.bitmap | bit, nodes };
  }
  if (node.hash !== leaf.hash) return join(node, leaf, shift);
  if (isLeaf(node)) return node.key === leaf.key ? leaf : { hash: leaf.hash, leaves: [node, leaf] };
  return { hash: node.hash, leaves: [...node.leaves.filter((other) => other.key !== leaf.key), leaf] };
};

const remove = <V>(node: Node<V>, hash: number, key: string, shift: number): Node<V> | undefined => {
  if (isLeaf(node)) return undefined;
  if (!isBranch(node)) {
    const leaves = node.leaves.filter((leaf) => leaf.key !== key);
    return leaves.length === 1 ? leaves[0] : { hash: node.hash, leaves };
  }
  const bit = bitOf(hash, shift);
  const index = indexOf(node.bitmap, bit);
  const child = node.nodes[index];
  const rest = child === undefined ? undefined : remove(child, hash, key, shift + bitsPerLevel);
  const nodes = node.nodes.slice();
  if (rest !== undefined) nodes[index] = rest;
  else nodes.splice(index, 1);
  const only = nodes[0];
  if (only === undefined) return undefined;
  if (nodes.length === 1 && !isBranch(only)) return only;
  return { bitmap: rest === undefined ? node.bitmap & ~bit : node.bitmap, nodes };
};

function* leavesOf<V>(node: Node<V> | undefined): Generator<readonly [string, V]> {
  if (node === undefined) return;
  if (isLeaf(node)) yield [node.key, node.value];
  else for (const child of isBranch(node) ? node.nodes : node.leaves) yield* leavesOf(child);
}

/** A class, so that a million maps share their methods and two of equal content are deeply equal. */
class HashTrie<V> implements PersistentMap<V> {
  readonly size: number;
  readonly root: Node<V> | undefined;
  constructor(root: Node<V> | undefined, size: number) {
    this.root = root;
    this.size = size;
  }
  get(key: string): V | undefined {
    return find(this.root, hashOf(key), key)?.value;
  }
  set(key: string, value: V): PersistentMap<V> {
    const hash = hashOf(key);
    const isNew = find(this.root, hash, key) === undefined;
    return new HashTrie(insert(this.root, { hash, key, value }, 0), isNew ? this.size + 1 : this.size);
  }
  delete(key: string): PersistentMap<V> {
    const hash = hashOf(key);
    if (this.root === undefined || find(this.root, hash, key) === undefined) return this;
    return new HashTrie(remove(this.root, hash, key, 0), this.size - 1);
  }
  [Symbol.iterator](): Iterator<readonly [string, V]> {
    return leavesOf(this.root);
  }
}

export const persistentMap = <V>(entries: Iterable<readonly [string, V]> = []): PersistentMap<V> => {
  let map: PersistentMap<V> = new HashTrie<V>(undefined, 0);
  for (const [key, value] of entries) map = map.set(key, value);
  return map;
};

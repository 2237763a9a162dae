/** Many small byte strings in few large ones: a hundred thousand of them would otherwise be as many objects. */
export interface Arena {
  readonly length: number;
  push(bytes: Uint8Array): void;
  at(index: number): Buffer;
}

const chunkBytes = 4 * 1024 * 1024;

export const createArena = (): Arena => {
  const chunks: Buffer[] = [];
  /** Chunk, start and length of each, one after the other. */
  const places: number[] = [];
  let used = chunkBytes;
  const room = (bytes: number): number => {
    if (used + bytes > chunkBytes) {
      chunks.push(Buffer.allocUnsafeSlow(Math.max(bytes, chunkBytes)));
      used = 0;
    }
    const start = used;
    used += bytes;
    return start;
  };
  return {
    get length() {
      return places.length / 3;
    },
    push(bytes) {
      const start = room(bytes.length);
      chunks.at(-1)?.set(bytes, start);
      places.push(chunks.length - 1, start, bytes.length);
    },
    at(index) {
      const [chunk, start, length] = [places[3 * index], places[3 * index + 1], places[3 * index + 2]];
      if (chunk === undefined || start === undefined || length === undefined) throw new RangeError(`nothing is at ${index}`);
      return chunks[chunk]?.subarray(start, start + length) ?? Buffer.alloc(0);
    },
  };
};

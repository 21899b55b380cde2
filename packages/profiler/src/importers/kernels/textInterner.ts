import { fnvOffset, fnvPrime } from "./fnv.ts";
import { decodeString } from "./scanJson.ts";

/** Numbers for texts, the same number for the same text, from 0 in the order of their first occurrence. */
export interface TextInterner {
  /** The number of a value given by its bytes; no text is made for one that was seen before. */
  readonly idOf: (bytes: Uint8Array, start: number, end: number) => number;
  /** A string is decoded; any other value stands as its JSON text. */
  readonly textOf: (id: number) => string;
  readonly size: () => number;
}

/** An interner over bytes: names of kernels are long, few and repeated a million times. */
export function openTextInterner(): TextInterner {
  const spellings: Uint8Array[] = [];
  const hashes: number[] = [];
  const idOfSpelling: number[] = [];
  const ids = new Map<string, number>();
  const texts: string[] = [];
  let slots = new Int32Array(1024).fill(-1);

  const place = (hash: number, spelling: number): void => {
    let slot = hash & (slots.length - 1);
    while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = spelling;
  };
  const grow = (): void => {
    slots = new Int32Array(2 * slots.length).fill(-1);
    for (const [spelling, hash] of hashes.entries()) place(hash, spelling);
  };
  const add = (bytes: Uint8Array, start: number, end: number, hash: number): number => {
    const text =
      bytes[start] === 0x22
        ? decodeString(bytes, start, end)
        : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
    const id = ids.get(text) ?? ids.size;
    if (id === ids.size) {
      ids.set(text, id);
      texts.push(text);
    }
    spellings.push(bytes.slice(start, end));
    hashes.push(hash);
    idOfSpelling.push(id);
    if (2 * spellings.length > slots.length) grow();
    else place(hash, spellings.length - 1);
    return id;
  };

  return {
    idOf: (bytes, start, end) => {
      let hash = fnvOffset;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, fnvPrime);
      let slot = hash & (slots.length - 1);
      for (;;) {
        const spelling = slots[slot]!;
        if (spelling === -1) return add(bytes, start, end, hash);
        if (hashes[spelling] === hash && isSame(spellings[spelling]!, bytes, start, end))
          return idOfSpelling[spelling]!;
        slot = (slot + 1) & (slots.length - 1);
      }
    },
    textOf: (id) => texts[id]!,
    size: () => texts.length,
  };
}

function isSame(spelling: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (spelling.length !== end - start) return false;
  for (let i = 0; i < spelling.length; i++) if (spelling[i] !== bytes[start + i]) return false;
  return true;
}

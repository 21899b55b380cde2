/**
 * A short name for files, control groups and sockets: readable, safe, and different for different plan names.
 *
 * @returns lower-case letters, digits and dashes: up to 24 characters of the name and eight hexadecimal digits of its digest
 * @example planId("Night shift")  // "night-shift-b1bfaa90"
 */
export function planId(name: string): string {
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 24)
    .replaceAll(/^-+|-+$/g, "");
  return `${readable === "" ? "plan" : readable}-${digest(name)}`;
}

/**
 * Eight hexadecimal digits that differ for different texts, up to chance: FNV-1a over UTF-8.
 *
 * @see G. Fowler, L. Noll, K.-P. Vo, The FNV Non-Cryptographic Hash Algorithm
 */
export function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

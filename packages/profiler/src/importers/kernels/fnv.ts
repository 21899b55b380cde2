/** The hash FNV-1a of 32 bits: start, and factor of each step `hash = imul(hash ^ byte, factor)`. */
export const fnvOffset = 0x811c9dc5;
export const fnvPrime = 0x01000193;

/** FNV-1a of a text's UTF-16 units. */
export function hashText(text: string): number {
  let hash = fnvOffset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), fnvPrime);
  return hash >>> 0;
}

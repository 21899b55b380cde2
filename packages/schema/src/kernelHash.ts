import { kernelText } from "./kernelText.ts";
import type { KernelIdentity } from "./kernelTrace.ts";

const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/**
 * What a scheduler looks an operation up by at run time: FNV-1a of 64 bits over the UTF-8 of `kernelText`, as 16 hexadecimal digits.
 *
 * @see G. Fowler, L. Noll, K.-P. Vo, The FNV Non-Cryptographic Hash Algorithm
 */
export function kernelHash(identity: KernelIdentity): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(kernelText(identity)))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(16, "0");
}

import { createHash } from "node:crypto";
import { canonicalJson } from "./canonicalJson.ts";

/**
 * SHA-256 of a value's canonical JSON, as 64 hexadecimal digits: the identity of the data, whatever the order of its keys.
 *
 * @throws RangeError when the value has no JSON form
 */
export function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

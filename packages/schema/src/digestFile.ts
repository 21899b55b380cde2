import { createHash } from "node:crypto";
import { fileChunks } from "./fileChunks.ts";

/**
 * SHA-256 of a file's bytes, as 64 hexadecimal digits. The file is read in pieces, so its size does not matter.
 *
 * @throws InputError when the file cannot be read
 */
export function digestFile(path: string): string {
  const hash = createHash("sha256");
  for (const chunk of fileChunks(path)) hash.update(chunk);
  return hash.digest("hex");
}

import { closeSync, openSync, readSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { InputError } from "@partitune/schema";
import { isGzip } from "./isGzip.ts";
import type { FileHead } from "./kernelImporter.ts";

const headBytes = 64 * 1024;

/**
 * The first 64 KiB of a file, unpacked when it is gzipped.
 *
 * @throws InputError when it cannot be read
 */
export function readFileHead(path: string): FileHead {
  const bytes = unpacked(readBytes(path), path);
  return { bytes, text: Buffer.from(bytes).toString("latin1") };
}

function readBytes(path: string): Uint8Array {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = Buffer.alloc(headBytes);
    return bytes.subarray(0, readSync(file, bytes, 0, headBytes, 0));
  } catch (error) {
    throw new InputError({
      what: `file "${path}"`,
      problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      advice: "name a file that exists",
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A file cut off by the limit unpacks as far as it goes. */
function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, headBytes);
  } catch {
    throw new InputError({
      what: `file "${path}"`,
      problem: "begins like a gzip file but cannot be unpacked",
      advice: "copy or record it again",
    });
  }
}

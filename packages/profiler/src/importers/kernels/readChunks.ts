import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { constants, createGunzip } from "node:zlib";
import { InputError } from "@partitune/schema";
import { isGzip } from "./isGzip.ts";

/** The bytes of a file, piece by piece; a piece is only good until the next is asked for. */
export interface FileChunks {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What stopped the unpacking before the end; null while nothing did. */
  readonly damage: () => string | null;
}

const chunkBytes = 2 ** 20;

/**
 * Reads a file in pieces of 1 MiB, unpacked when it is gzipped. A packed file that is cut off or damaged gives what comes before
 * the damage.
 *
 * @throws InputError when the file cannot be read
 */
export async function readChunks(path: string): Promise<FileChunks> {
  const { file, begin } = await openFile(path);
  if (!isGzip(begin)) return { chunks: plainChunks(file), damage: () => null };
  await file.close();
  let damage: string | null = null;
  const note = (error: unknown) => {
    damage = error instanceof Error ? error.message : String(error);
  };
  return { chunks: unpackedChunks(path, note), damage: () => damage };
}

async function openFile(path: string): Promise<{ readonly file: FileHandle; readonly begin: Uint8Array }> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const begin = new Uint8Array(2);
    await file.read(begin, 0, begin.length, 0);
    return { file, begin };
  } catch (error) {
    await file?.close();
    throw new InputError({
      what: `file "${path}"`,
      problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      advice: "name a file that exists",
    });
  }
}

/** The first piece is asked of position 0, whatever was read before. */
async function* plainChunks(file: FileHandle): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  let position = 0;
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** With a sync flush at the end, an archive that is cut off gives all that its bytes hold. */
async function* unpackedChunks(path: string, note: (error: unknown) => void): AsyncIterable<Uint8Array> {
  const unpacking = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
  const packed = createReadStream(path, { highWaterMark: chunkBytes });
  packed.on("error", (error) => unpacking.destroy(error));
  packed.pipe(unpacking);
  try {
    for await (const chunk of unpacking) yield chunk as Uint8Array;
  } catch (error) {
    note(error);
  } finally {
    packed.destroy();
  }
}

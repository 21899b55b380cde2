import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { encodeModel } from "./encodeModel.ts";
import { fillTensor } from "./fillTensor.ts";
import { layOutWeights, type WeightLayout } from "./layOutWeights.ts";
import { zooNetworks } from "./networks/index.ts";
import { parseZooSpec } from "./parseZooSpec.ts";
import type { Encoded } from "./protobuf.ts";

/** Raised whenever the same layout would be filled with other values, so that no old weight file is taken for a new one. */
const fillVersion = 1;

/** Where built networks are kept, below the current directory. */
export const defaultZooDirectory = join(".partitune", "zoo");

/**
 * The ONNX file of a network of the zoo: built on first use, then re-used. Large weights lie in a second file beside it, one
 * for all sizes of the network. File names carry a hash of what is in them. Two processes may build the same network at
 * once; a file appears complete or not at all.
 *
 * @param model  e.g. "zoo:resnet18@112"
 * @returns the absolute path of the model file
 * @throws InputError when the zoo has no such network; Error when the directory cannot be written
 */
export async function buildZooModel(model: string, directory: string = defaultZooDirectory): Promise<string> {
  const spec = parseZooSpec(model);
  const graph = zooNetworks[spec.name].build(spec.size);
  const layout = layOutWeights(graph);
  const file = `${spec.name}-${identity(JSON.stringify([fillVersion, layout]))}.weights`;
  const message = encodeModel(graph, { seed: spec.name, file, layout });
  const path = resolve(directory, `${spec.name}@${spec.size}-${identity(...bytesOf(message))}.onnx`);
  await mkdir(directory, { recursive: true });
  if (layout.length > 0)
    await unlessThere(resolve(directory, file), (handle) => writeWeights(handle, layout, spec.name));
  await unlessThere(path, (handle) => writeMessage(handle, message));
  return path;
}

function identity(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 12);
}

async function unlessThere(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  if (!there) await writeAtomically(path, write);
}

let filesBegun = 0;

async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  filesBegun += 1;
  const temporary = `${path}.${process.pid}-${filesBegun}.part`;
  try {
    const file = await open(temporary, "w");
    await write(file).finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeWeights(file: FileHandle, layout: WeightLayout, seed: string): Promise<void> {
  for (const { tensor, offset } of layout.places) {
    let position = offset;
    for (const chunk of fillTensor(tensor, seed).produce()) {
      await writeAll(file, chunk, position);
      position += chunk.length;
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function writeMessage(file: FileHandle, message: Encoded): Promise<void> {
  await file.writeFile(Buffer.concat([...bytesOf(message)]));
}

function* bytesOf(message: Encoded): Iterable<Uint8Array> {
  for (const part of message.parts) {
    if (part instanceof Uint8Array) yield part;
    else for (const chunk of part.produce()) yield Uint8Array.from(chunk);
  }
}

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { seededRandom } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import { isFile } from "../../isFile.ts";
import { isZooSpec, parseSpec } from "../../zoo/parseZooSpec.ts";
import { layersModel } from "./layersModel.ts";
import type { LoadedModel } from "./loadedModel.ts";
import { networkBuilder, tensorflowNetworks } from "./networks/index.ts";
import { openModelFile } from "./openModelFile.ts";
import { openSavedModel } from "./openSavedModel.ts";
import type { TensorFlow } from "./tensorflow.ts";

/**
 * Opens a model wherever it is from: a network of the zoo, a SavedModel's folder, or a model.json of TensorFlow.js.
 *
 * @param model  as a user names it; `FOLDER#SIGNATURE` chooses one of a SavedModel's functions
 * @param seed  fixes the weights of a network of the zoo
 * @throws InputError when there is none, when it cannot be read, or when this backend cannot run it
 */
export async function openModel(tf: TensorFlow, model: string, seed: string): Promise<LoadedModel> {
  if (isZooSpec(model)) return openNetwork(tf, model, seed);
  const [folder, signature] = await splitSignature(model);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isFile()) return openModelFile(tf, model);
  if (found?.isDirectory()) {
    if (signature === undefined && (await isFile(join(folder, "model.json")))) {
      return openModelFile(tf, join(folder, "model.json"));
    }
    return openSavedModel(tf, folder, signature);
  }
  throw new InputError({
    what: `model "${model}"`,
    problem: found === undefined ? "does not exist" : "is neither a file nor a folder",
    advice: `give the folder of a SavedModel, the path of a model.json, or a network of the zoo such as "zoo:mobilenet"`,
  });
}

function openNetwork(tf: TensorFlow, model: string, seed: string): LoadedModel {
  const { name, size } = parseSpec(model, tensorflowNetworks);
  const number = Math.floor(seededRandom(seed).fork("weights").next() * 2 ** 31);
  return layersModel(tf, tensorflowNetworks[name].build(networkBuilder(tf, number), size));
}

/** A folder and the function of it that is asked for; a "#" in the name of something that is there is part of the name. */
async function splitSignature(model: string): Promise<readonly [string, string | undefined]> {
  const at = model.lastIndexOf("#");
  const whole = await stat(model).catch(() => undefined);
  return at < 0 || whole !== undefined ? [model, undefined] : [model.slice(0, at), model.slice(at + 1)];
}

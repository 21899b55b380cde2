import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileProblem, InputError, type KernelIdentity } from "@partitune/schema";
import { chainTrace } from "./chainTrace.ts";
import type { FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { refuseChoices } from "./refuseChoices.ts";

/** A model has weights (`storage` of some `stype`), a profile has latencies of a model and of its kernels. */
export function recogniseReef({ text }: FileHead): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  const isModel = /"(?:storage|kernels)"\s*:\s*\[/.test(text) && /"(?:stype|launch_params)"\s*:/.test(text);
  return isModel || (/"model_latency"\s*:/.test(text) && /"kernel_latency"\s*:/.test(text));
}

/**
 * The chain of kernels of a model of REEF, with the times of its profile, which lies beside it: `NAME.json` and
 * `NAME.profile.json`, or `model.json` and `profile.json`. Either may be named.
 *
 * A profile states the latency of the model (µs) and that of each kernel when it runs alone with launch and synchronisation. The latter add up to
 * more than the former, so they are scaled: ns of a kernel = its latency × latency of the model / sum over all kernels, half a
 * ns rounded up. The profile's times of several kernels on one compute unit are not read.
 *
 * @throws InputError when one of the two is missing or no JSON, lacks a field, or has a time that is none
 * @see Han et al., REEF, OSDI 2022; https://github.com/SJTU-IPADS/reef
 */
export async function readReef(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  refuseChoices(path, options, "a model of REEF");
  const { modelPath, profilePath } = pairOf(path);
  const kernels = kernelsOf(modelPath);
  if (kernels.length === 0) return { status: "empty", reason: `"${basename(modelPath)}" holds no kernel` };
  const { modelLatency, latencyOf } = latenciesOf(profilePath);
  const alone = kernels.map(({ name }) => latencyOf(name));
  const sum = alone.reduce((total, latency) => total + latency, 0);
  if (!(sum > 0)) throw wrong(profilePath, "its latencies", "are all 0");
  const { identities, indices } = identify(kernels);
  const trace = chainTrace({
    file: basename(modelPath),
    format: "reef",
    options,
    identities,
    chain: alone.map((latency, i) => [indices[i]!, Math.round((latency * 1000 * modelLatency) / sum)]),
    warnings: [
      {
        code: "scaled-times",
        where: basename(profilePath),
        cause: `kernels measured alone take ${sum} µs together, the model ${modelLatency} µs: all were scaled by ${(modelLatency / sum).toPrecision(3)}`,
        advice: "take the times of single kernels as estimates; their sum is the measured one",
      },
    ],
  });
  return { status: "read", traces: [{ device: null, trace }] };
}

/** A day, so that products of two times in ns stay exact enough; no network takes that long. */
const longestUs = 86_400_000_000;

type Fields = Readonly<Record<string, unknown>>;

/** The model and its profile, whichever of them is named. */
function pairOf(path: string): { readonly modelPath: string; readonly profilePath: string } {
  const [folder, name] = [dirname(path), basename(path)];
  const stem = name.replace(/\.json$/, "");
  const isProfile = stem === "profile" || stem.endsWith(".profile");
  const others = isProfile
    ? [stem === "profile" ? "model.json" : `${stem.slice(0, -".profile".length)}.json`]
    : [`${stem}.profile.json`, "profile.json"];
  const other = others.map((each) => join(folder, each)).find((each) => existsSync(each));
  if (other !== undefined)
    return isProfile ? { modelPath: other, profilePath: path } : { modelPath: path, profilePath: other };
  throw new InputError({
    what: `file "${name}"`,
    problem: `is the ${isProfile ? "profile" : "model"} of a pair of which the ${isProfile ? "model" : "profile"} is missing`,
    advice: `put ${others.map((each) => `"${each}"`).join(" or ")} beside it`,
  });
}

function kernelsOf(path: string): readonly KernelIdentity[] {
  const { kernels } = readObject(path);
  if (!Array.isArray(kernels)) throw wrong(path, 'field "kernels"', "is no list");
  return kernels.map((kernel: unknown, i) => {
    const { name, launch_params } = isObject(kernel) ? kernel : {};
    if (typeof name !== "string" || name === "") throw wrong(path, `kernel ${i + 1}`, "has no name");
    const numbers: readonly unknown[] = Array.isArray(launch_params) ? launch_params : [];
    if (numbers.length !== 6 || !numbers.every(isCount))
      throw wrong(path, `kernel ${i + 1} ("${name}")`, "has launch_params that are not six whole numbers");
    const [gx, gy, gz, bx, by, bz] = numbers as readonly number[];
    return { name, grid: [gx!, gy!, gz!], block: [bx!, by!, bz!] };
  });
}

function latenciesOf(path: string) {
  const { model_latency: modelLatency, kernel_latency: kernels } = readObject(path);
  if (!isTime(modelLatency)) throw wrong(path, 'field "model_latency"', "is no number of µs from 0 on");
  if (!isObject(kernels)) throw wrong(path, 'field "kernel_latency"', "is no object of kernels");
  const latencyOf = (name: string): number => {
    const kernel = Object.hasOwn(kernels, name) ? kernels[name] : undefined;
    if (!isObject(kernel)) throw wrong(path, `kernel "${name}"`, "is not in the profile");
    if (!isTime(kernel.total_latency))
      throw wrong(path, `kernel "${name}"`, "has a total_latency that is no number of µs from 0 on");
    return kernel.total_latency;
  };
  return { modelLatency, latencyOf };
}

function identify(kernels: readonly KernelIdentity[]) {
  const indexOf = new Map<string, number>();
  const identities: KernelIdentity[] = [];
  const indices = kernels.map((kernel) => {
    const key = JSON.stringify(kernel);
    const index = indexOf.get(key) ?? identities.push(kernel) - 1;
    indexOf.set(key, index);
    return index;
  });
  return { identities, indices };
}

function readObject(path: string): Fields {
  const value = parse(path);
  if (isObject(value)) return value;
  throw wrong(path, "the file", "holds no JSON object");
}

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileProblem(path, error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(path, "the file", "is no JSON, or is cut off");
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < longestUs;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function wrong(path: string, what: string, problem: string): InputError {
  return new InputError({
    what,
    problem,
    advice: "give a model of REEF with its profile as they were written",
    where: { file: basename(path) },
  });
}

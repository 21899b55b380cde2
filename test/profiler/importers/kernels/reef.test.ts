import { kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../fixtures/temporaryFolder.ts";
import { onlyTrace, recognised, writeInto } from "./handWritten.ts";
import { chainOf, havePublic, publicTrace, publishedChain } from "./sharedTraces.ts";
import { made } from "./syntheticKineto.ts";

const { read } = kernelImporters.reef;
const options = { task: "network", made };
// Hand-written in the layout of REEF: kernels alone take 40 + 2 × 20 = 80 µs, the model 50 µs.
const kernel = (name: string, launch_params: readonly unknown[] = [2, 1, 1, 64, 1, 1]) => ({
  name,
  launch_params,
  args: [0],
});
const model = {
  storage: [{ name: "p0", size: 4, stype: "float32" }],
  kernels: [kernel("a"), kernel("b", [9, 1, 1, 32, 2, 1]), kernel("b", [9, 1, 1, 32, 2, 1])],
};
const latencies = { a: { total_latency: 40, latency: [30, 40] }, b: { total_latency: 20, latency: [10] } };
const profile = { model_latency: 50, kernel_latency: latencies };

function pair(names = ["net.json", "net.profile.json"], contents: readonly unknown[] = [model, profile]) {
  const folder = temporaryFolder();
  return names.map((name, i) => writeInto(folder, name, JSON.stringify(contents[i])));
}

describe("a model of REEF and its profile", () => {
  test("are read as a chain, scaled to the latency of the model", async () => {
    const [path, profilePath] = pair();
    const trace = onlyTrace(await read(path!, options));
    expect(trace.identities).toEqual([
      { name: "a", grid: [2, 1, 1], block: [64, 1, 1] },
      { name: "b", grid: [9, 1, 1], block: [32, 2, 1] },
    ]);
    expect(trace.steps[0]).toMatchObject({ identities: [0, 1, 1], durations: [25_000, 12_500, 12_500] });
    expect(trace.gapsKnown).toBe(false);
    expect(onlyTrace(await read(profilePath!, options))).toEqual(trace);
    expect([path!, profilePath!].map(recognised)).toEqual([["reef"], ["reef"]]);
  });

  test("round half a ns up", async () => {
    const contents = [
      { kernels: [kernel("a"), kernel("b")] },
      { model_latency: 0.001, kernel_latency: { a: { total_latency: 1 }, b: { total_latency: 1 } } },
    ];
    expect(onlyTrace(await read(pair(undefined, contents)[0]!, options)).steps[0]!.durations).toEqual([1, 1]);
  });

  test("may be named as upstream names them", async () => {
    const [path] = pair(["model.json", "profile.json"]);
    expect(onlyTrace(await read(path!, options)).steps[0]!.durations).toHaveLength(3);
  });

  test("are refused when one is missing or does not fit the other", async () => {
    const alone = writeInto(temporaryFolder(), "net.json", JSON.stringify(model));
    await expect(read(alone, options)).rejects.toThrow(/profile is missing; put "net.profile.json" or "profile.json"/);
    const without = pair(undefined, [model, { ...profile, kernel_latency: { a: latencies.a } }])[0]!;
    await expect(read(without, options)).rejects.toThrow(/kernel "b" is not in the profile/);
    const negative = { a: { total_latency: -1 }, b: latencies.b };
    const below = pair(undefined, [model, { ...profile, kernel_latency: negative }])[0]!;
    await expect(read(below, options)).rejects.toThrow(/kernel "a" has a total_latency that is no number of µs/);
    const flat = pair(undefined, [{ kernels: [kernel("a", [1, 2])] }, profile])[0]!;
    await expect(read(flat, options)).rejects.toThrow(/kernel 1 \("a"\) has launch_params that are not six/);
    const empty = pair(undefined, [{ kernels: [] }, profile])[0]!;
    expect(await read(empty, options)).toMatchObject({ status: "empty" });
    const cut = writeInto(temporaryFolder(), "profile.json", "{");
    writeInto(`${cut}/..`, "model.json", "{");
    await expect(read(cut, options)).rejects.toThrow(/model.json: the file is no JSON, or is cut off/);
  });
});

// Source: chains of an independent importer that come with the public models; times in integer ns.
describe.skipIf(!havePublic("reef", "kernel-fill"))("public models of REEF (needs ../shared/data)", () => {
  test.each(["resnet", "bert"])("%s is equal to its chain", async (name) => {
    const trace = onlyTrace(await read(publicTrace(`reef/${name}.json`), options));
    expect(chainOf(trace)).toEqual(publishedChain(`reef_${name}`));
  });

  test("alexnet is named after either file, and adds up to the latency of the model", async () => {
    const trace = onlyTrace(await read(publicTrace("reef/alexnet.profile.json"), options));
    const sum = trace.steps[0]!.durations.reduce((total, time) => total + time, 0);
    expect(Math.abs(sum - 8_851_000)).toBeLessThan(13);
  });
});

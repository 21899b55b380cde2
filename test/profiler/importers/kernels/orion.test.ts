import { kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { onlyTrace, recognised } from "./handWritten.ts";
import { chainOf, havePublic, publicTrace, publishedChain } from "./sharedTraces.ts";
import { made, writeTrace } from "./syntheticKineto.ts";

const { read } = kernelImporters.orion;
const options = { task: "network", made };
const header = "Name,Profile,Memory_footprint,SM_usage,Duration";
// Hand-written in the layout of Orion.
const rows = ["Conv,1,0,49,26688", "void f<int, 2>(a, b),0,0,3,1000", "Conv,0,0,49,10", "Conv,1,0,0,20", ""];
const write = (...lines: readonly string[]) => writeTrace([header, ...lines].join("\r\n"), "network.csv");

describe("a profile of Orion", () => {
  test("is read as a chain, its fields counted from the right", async () => {
    const trace = onlyTrace(await read(write(...rows), options));
    expect(trace.identities.map(({ name }) => name)).toEqual(["Conv|sm49", "void f<int, 2>(a, b)|sm3", "Conv|sm0"]);
    expect(trace.steps).toEqual([
      { identities: [0, 1, 0, 2], durations: [26688, 1000, 10, 20], idles: [0, 0, 0, 0], idleKinds: [0, 0, 0, 0] },
    ]);
    expect(trace).toMatchObject({ gapsKnown: false, format: "orion", needs: [49, 3, null], dropped: [] });
  });

  test("whose rows disagree about what bounds an operator leaves that open", async () => {
    const trace = onlyTrace(await read(write(...rows), options));
    expect(trace.profiles).toEqual([-1, 0, 1]);
    expect(trace.warnings.map(({ code }) => code)).toEqual(["execution-times-only", "disputed-profiles"]);
  });

  test("is recognised, and nothing else is", () => {
    expect(recognised(write(...rows))).toEqual(["orion"]);
    expect(recognised(writeTrace("Name,Duration\n", "other.csv"))).toEqual([]);
  });

  test.each([
    ["Conv,1,0,49,-5", /network.csv line 3: the row has the duration "-5", which is no whole number of ns/],
    ["Conv,1,0,49,1.5", /has the duration "1.5"/],
    ["Conv,2,0,49,5", /has the profile "2", which is none of −1, 0, 1/],
    ["Conv,1,0,x,5", /has the SM_usage "x"/],
    ["1,0,49,5", /has fewer than five fields/],
  ])("with the row %s is refused by line", async (row, expected) => {
    await expect(read(write(rows[0]!, row), options)).rejects.toThrow(expected);
  });

  test("without a row holds nothing, and has no devices or steps to choose", async () => {
    expect(await read(write(), options)).toEqual({ status: "empty", reason: expect.stringContaining("no operator") });
    const path = write(...rows);
    await expect(read(path, { ...options, device: 0 })).rejects.toThrow(/--device chooses nothing in it/);
    await expect(read(path, { ...options, skipSteps: 1 })).rejects.toThrow(/--skip-steps chooses nothing in it/);
    await expect(read(path, { ...options, stepMarker: "x" })).rejects.toThrow(/--step-marker chooses nothing in it/);
  });
});

// Source: chains of an independent importer that come with the public profiles; times in integer ns.
describe.skipIf(!havePublic("orion", "kernel-fill"))("public profiles of Orion (needs ../shared/data)", () => {
  test.each(["mobilenetv2_4_fwd", "resnet50_4_fwd", "bert_2_fwd"])("%s is equal to its chain", async (name) => {
    const trace = onlyTrace(await read(publicTrace(`orion/${name}.csv`), options));
    expect(chainOf(trace)).toEqual(publishedChain(`orion_${name}`));
  });

  test("a file with 53 unquoted names that hold commas is read whole", async () => {
    const { steps, needs, profiles } = onlyTrace(await read(publicTrace("orion/resnet50_32_fb1_new.csv"), options));
    const { durations } = steps[0]!;
    expect(durations).toHaveLength(949);
    expect(Math.round(durations.reduce((sum, time) => sum + time, 0) / 1000)).toBe(95_634);
    expect(needs).toHaveLength(profiles!.length);
  });
});

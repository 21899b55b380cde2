import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importers } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };

/** Made-up numbers in the shape of Nexus's profiles. */
const text = `caffe:net:1:224x224
CARD_X_(Old)
Forward latency
batch,latency(us),std(us),memory(B)
1,2000.5,10,1000000
2,3000,0,1500000
Preprocess latency
mean(us),std(us)
1500,20
Postprocess latency
mean(us),std(us)
500,1
`;

function fileOf(content: string, name = "net.txt"): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

test("a batch profile becomes rows of the whole card, and what has no place is warned of", () => {
  const profile = importers.nexus([fileOf(text)], { made });
  expect(profile.device).toMatchObject({ name: "CARD X (Old)", synthetic: false });
  expect(profile.workloads).toMatchObject([{ name: "net", task: "inference", batches: [1, 2] }]);
  expect(profile.measurements.map(({ point, outcome }) => [point.config.batch, outcome])).toMatchObject([
    [
      1,
      { results: { latency: { p50: { value: 0.0020005 } }, throughputPerSecond: 1 / 0.0020005, memoryPeakBytes: 1e6 } },
    ],
    [2, { results: { latency: { p50: { value: 0.003 }, p99: null }, powerMeanWatts: null, memoryPeakBytes: 1.5e6 } }],
  ]);
  expect(profile.warnings.map(({ code }) => code)).toEqual(["means", "time-around"]);
  expect(profile.warnings[1]!.cause).toContain("net 2.00 ms");
});

describe("refused with file and line is", () => {
  test.each([
    ["another file", "hello\n", "line 1: the first line is not framework:model:version"],
    ["no device", "a:b:1\n\n", "line 2: the second line is empty"],
    [
      "other units",
      text.replace("latency(us)", "latency(ms)"),
      'line 3: the profile has no "Forward latency" with batch,latency(us)',
    ],
    ["no rows", text.replace(/\n[12],.*/gu, ""), "has no row of a batch"],
    ["a batch twice", text.replace("\n2,", "\n1,"), "line 6: batch 1 stands in line 5 already"],
    ["a batch and a half", text.replace("\n2,", "\n2.5,"), "line 6: the batch is 2.5"],
    [
      "a negative latency",
      text.replace("3000", "-3000"),
      'line 6: the row holds "-3000", expected 4 numbers of at least 0',
    ],
    ["a latency of 0", text.replace("3000", "0"), "line 6: the latency is 0"],
    ["a short row", text.replace("2,3000,0,", "2,3000,"), "line 6: the row has 3 fields"],
    ["a section without its row", text.replace("\n500,1", ""), "line 12: the row has 1 fields, expected 2 numbers"],
  ])("%s", (_, content, words) => {
    const attempt = () => importers.nexus([fileOf(content)], { made });
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(words);
  });

  test("files of different devices, and one that is not there", () => {
    const other = fileOf(text.replace("CARD_X", "CARD_Y"), "other.txt");
    expect(() => importers.nexus([fileOf(text), other], { made })).toThrow(
      '"net.txt", "other.txt" are of different devices: CARD X (Old), CARD Y (Old); import one device at a time',
    );
    expect(() => importers.nexus(["none.txt"], { made })).toThrow('path "none.txt" does not exist');
  });
});

const folder = fileURLToPath(new URL("../../../../shared/data/nexus/", import.meta.url));

test.skipIf(!existsSync(folder))(
  "published profiles of four networks are imported (needs ../shared/data/nexus)",
  () => {
    const files = readdirSync(folder).filter((name) => name.startsWith("titanx"));
    const profile = importers.nexus(
      files.map((name) => join(folder, name)),
      { made },
    );
    expect(profile.device.name).toBe("TITAN X (Pascal)");
    expect(profile.workloads.map(({ name }) => name).sort()).toEqual(["vgg16", "vgg_face", "vgg_s", "yolo9000"]);
    const yolo = profile.measurements.find(
      ({ point }) => point.config.workload === "yolo9000" && point.config.batch === 3,
    );
    expect(yolo!.outcome).toMatchObject({ results: { latency: { p50: { value: 0.060536 } } } });
  },
);

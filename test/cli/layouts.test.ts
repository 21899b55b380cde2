import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { examplePlan } from "../emitter/fixtures/examplePlan.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const listed = [
  "GPU  0 Profile ID 19 Placements: {0,1,2,3,4,5,6}:1",
  "GPU  0 Profile ID 14 Placements: {0,2,4}:2",
  "GPU  0 Profile ID  9 Placements: {0,4}:4",
  "GPU  0 Profile ID  5 Placement : {0}:4",
  "GPU  0 Profile ID  0 Placement : {0}:8",
];

beforeAll(() => {
  writeFileSync(at("lgipp.txt"), `${listed.join("\n")}\n`);
  writeFileSync(at("mixed.txt"), `${listed.join("\n")}\nGPU  1 Profile ID  0 Placement : {0}:8\n`);
  writeFileSync(
    at("lgi.txt"),
    [
      "|   0  MIG 1g.10gb         19        9          2:1     |",
      "|   0  MIG 3g.40gb          9        2          4:4     |",
    ].join("\n"),
  );
  writeFileSync(at("off.txt"), "No MIG-enabled devices found.\n");
  writeFileSync(at("plan.json"), JSON.stringify(examplePlan()));
  writeFileSync(
    at("demands.json"),
    JSON.stringify({
      kind: "demands",
      version: 1,
      demands: [{ workload: "a", ratePerSecond: 1, deadlineSeconds: 1, percentile: 0.9 }],
    }),
  );
});

describe("partitune layouts", () => {
  test("says how a card can be cut", async () => {
    const { code, stdout } = await runCli("layouts", "h100");
    expect(code).toBe(0);
    expect(stdout).toBe(`NVIDIA H100 SXM5 80GB: 132 multiprocessors
  whole: nothing set
  mps-share: steps of 1.00 %, 100 % in all, rounded down to 2 multiprocessors, up to 48 clients
  mig: 8 memory slices, 7 profiles, 78 layouts to which nothing can be added
  sm-partition: 16 chunks of 8 multiprocessors, 4 left over
  green-context: multiples of 8 multiprocessors from 8 on, within one process

profile     id  memory slices  may begin at         at most  multiprocessors    memory
1g.10gb+me  20              1  0, 1, 2, 3, 4, 5, 6        1               16  9.75 GiB
1g.10gb     19              1  0, 1, 2, 3, 4, 5, 6        7               16  9.75 GiB
1g.20gb     15              2  0, 2, 4, 6                 4               26  19.6 GiB
2g.20gb     14              2  0, 2, 4                    3               32  19.6 GiB
3g.40gb      9              4  0, 4                       2               60  39.5 GiB
4g.40gb      5              4  0                          1               64  39.5 GiB
7g.80gb      0              8  0                          1              132  79.3 GiB

MIG table: what nvidia-smi lists in public logs, memory to 0.01 GiB; placements of the NVIDIA MIG user guide
`);
  });

  test("gives pieces that fit their places, and says what could be added", async () => {
    const { code, stdout } = await runCli("layouts", "a100", "mig:3g.40gb", "mig:2g.20gb", "mig:1g.10gb");
    expect(code).toBe(0);
    expect(stdout).toBe(`partition      multiprocessors  of the device    memory
mig:3g.40gb@4               42         38.9 %  39.3 GiB
mig:2g.20gb@0               28         25.9 %  19.5 GiB
mig:1g.10gb@2               14         13.0 %  9.63 GiB
one more could be 1g.10gb+me@3, 1g.10gb@3
`);
  });

  test("shows what MPS shares come to, and that an unknown size is a lower bound", async () => {
    expect((await runCli("layouts", "a100", "mps-share:0.35")).stdout).toContain(
      "mps-share:0.35               36         35.0 %",
    );
    expect((await runCli("layouts", "b200", "mig:3g.90gb@4")).stdout).toContain("at least 54");
  });

  test("answers no, with the reason, to pieces that do not fit", async () => {
    const { code, stdout, stderr } = await runCli("layouts", "a100", "mig:3g.40gb@4", "mig:1g.10gb@6");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      "does not fit: 3g.40gb@4 (memory slices 4 to 7) and 1g.10gb@6 (memory slice 6) both claim memory slice 6\n",
    );
  });

  test("gives the conflicts to programs, too", async () => {
    const { code, stdout } = await runCli("layouts", "a100", "mig:3g.40gb@2", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ fits: false, conflicts: [{ code: "start-not-allowed", slices: [2] }] });
    const schemes = JSON.parse((await runCli("layouts", "v100", "--json")).stdout);
    expect(schemes.schemes.map(({ kind }: { kind: string }) => kind)).toEqual(["whole", "mps-share", "green-context"]);
  });

  test("lists the maximal layouts, a digit where an instance begins", async () => {
    const { stdout } = await runCli("layouts", "a30", "--maximal");
    expect(stdout).toBe(`slices  instances
1111    1g.6gb@0 1g.6gb@1 1g.6gb@2 1g.6gb@3
112-    1g.6gb@0 1g.6gb@1 2g.12gb@2
2-11    2g.12gb@0 1g.6gb@2 1g.6gb@3
2-2-    2g.12gb@0 2g.12gb@2
4---    4g.24gb@0
`);
    const json = await runCli("layouts", "h200", "--maximal", "--json");
    expect(JSON.parse(json.stdout)).toHaveLength(78);
  });

  test("believes the card's own listing", async () => {
    const { stdout } = await runCli("layouts", "a100", "--listing", at("lgipp.txt"), "--maximal", "--json");
    expect(JSON.parse(stdout)).toHaveLength(19);
    const { code, stderr } = await runCli("layouts", "a100", "--listing", at("lgipp.txt"), "mig:1g.20gb");
    expect(code).toBe(1);
    expect(stderr).toContain('MIG profile "1g.20gb" is none of this card');
  });

  test("fits pieces beside the instances that a listing has", async () => {
    const beside = await runCli("layouts", "a100", "--listing", at("lgi.txt"), "mig:2g.20gb", "mig:1g.10gb");
    expect(beside.code).toBe(0);
    expect(beside.stdout.match(/^mig:\S+/gm)).toEqual([
      "mig:1g.10gb@2",
      "mig:3g.40gb@4",
      "mig:2g.20gb@0",
      "mig:1g.10gb@3",
    ]);
    const { code, stderr } = await runCli("layouts", "a100", "--listing", at("lgi.txt"), "mig:4g.40gb");
    expect(code).toBe(1);
    expect(stderr).toBe(
      "does not fit: no room for 4g.40gb: beside 1g.10gb@2 + 3g.40gb@4 only memory slices 0, 1, 3 are free, and it needs 4 slices from 0 on: 0 meets 1g.10gb@2; 1g.20gb, 2g.20gb or 1g.10gb would still fit\n",
    );
  });

  test("takes the device of a file", async () => {
    const { code, stdout } = await runCli("layouts", at("plan.json"));
    expect(code).toBe(0);
    expect(stdout).toContain("cpu-share: steps of");
  });

  test.each([
    ["an unknown card", ["a1000"], 'device "a1000" is not known; choose one of jetson-orin-agx'],
    ["a file without a device", ["@demands.json"], 'is of kind "demands", which holds no device'],
    ["a file that is not there", ["@none.json"], "none.json"],
    ["a piece that is none", ["a100", "3g.40gb"], 'partition "3g.40gb" is of no known kind'],
    ["MIG that is off", ["a100", "--listing", "@off.txt"], "enable MIG first: nvidia-smi -i 0 -mig 1"],
    ["a listing of another card", ["a30", "--listing", "@lgipp.txt"], "MIG profile 19 has no name"],
    ["cards of mixed kinds", ["a100", "--listing", "@mixed.txt"], "GPU 0 and GPU 1 are listed with different profiles"],
    ["a card that is not listed", ["a100", "--listing", "@lgipp.txt", "--gpu", "3"], "GPU 3 is not listed"],
    ["a choice among nothing", ["a100", "--gpu", "0"], "option --gpu chooses from a listing"],
    ["maximal layouts without MIG", ["v100", "--maximal"], "has no MIG instances"],
    ["maximal layouts of some pieces", ["a100", "mig:3g.40gb", "--maximal"], "option --maximal lists all layouts"],
  ] as const)("refuses %s", async (_, words, message) => {
    const { code, stdout, stderr } = await runCli("layouts", ...words.map((word) => word.replace("@", `${folder}/`)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  test("has help with examples", async () => {
    const { code, stdout } = await runCli("layouts", "--help");
    expect(code).toBe(0);
    expect(stdout).toContain("$ nvidia-smi mig -lgipp | partitune layouts h200 --listing - --maximal");
  });
});

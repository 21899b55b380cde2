import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineCommand, joinCommand } from "../../packages/emitter/src/launch.ts";
import { exampleWorkload } from "./fixtures/examplePlan.ts";

const options = { threads: 2, home: "/opt/partitune" };
const commandOf = (engine: Engine) => engineCommand(exampleWorkload("w", engine), options);

describe("engineCommand", () => {
  it("starts the shipped worker with every value behind its option", () => {
    const shapes = { "a=b": [3, 224, 224], ids: [] };
    expect(commandOf({ engine: "onnx", model: "-x.onnx", shapes })).toEqual({
      argv: [
        "node",
        "/opt/partitune/packages/profiler/src/workers/onnxWorker.ts",
        "--model=-x.onnx",
        "--threads=2",
        "--shape=a=b=Nx3x224x224",
        "--shape=ids=N",
      ],
      environment: {},
    });
  });

  it("passes on the folder of the zoo and the pace", () => {
    const workload = exampleWorkload("w", { engine: "onnx", model: "zoo:tiny" });
    const launch = engineCommand(workload, { ...options, zooFolder: "/var/zoo", pace: 0.5 });
    expect(launch.argv).toContain("--zoo=/var/zoo");
    expect(launch.environment).toEqual({ PARTITUNE_PACE: "0.5" });
  });

  it("tells a command its thread count, and lets its own variables win", () => {
    const environment = { OMP_NUM_THREADS: "1", MODEL: "x y" };
    expect(commandOf({ engine: "command", command: ["./run me", "a b"], environment })).toEqual({
      argv: ["./run me", "a b"],
      environment: { PARTITUNE_THREADS: "2", OMP_NUM_THREADS: "1", MODEL: "x y" },
    });
  });

  it.each<[string, Engine, RegExp]>([
    [
      "a formula",
      { engine: "synthetic", fixedSeconds: 1, perItemSeconds: 1, serialFraction: 0, noise: 0, memoryBytes: 1 },
      /synthetic/,
    ],
    ["a recording", { engine: "recorded", source: "table.csv" }, /only a recording/],
    ["a program with a leading dash", { engine: "command", command: ["-x"] }, /leading dash.*"\.\/-x"/],
    ["an empty program", { engine: "command", command: [""] }, /empty program/],
    ["an impossible variable", { engine: "command", command: ["x"], environment: { "A B": "" } }, /variable "A B"/],
    [
      "a reserved variable",
      { engine: "command", command: ["x"], environment: { PARTITUNE_PLACEMENT: "" } },
      /PARTITUNE_/,
    ],
    ["a zero byte", { engine: "command", command: ["x", "a\0b"] }, /zero byte/],
  ])("refuses %s", (_, engine, message) => {
    expect(() => commandOf(engine)).toThrow(message);
  });

  it.each([0, 1.5, Number.NaN])("refuses %s threads", (threads) => {
    const workload = exampleWorkload("w", { engine: "onnx", model: "m.onnx" });
    expect(() => engineCommand(workload, { ...options, threads })).toThrow(/threads/);
  });
});

describe("joinCommand", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-join-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (argv: readonly string[]) => spawnSync(argv[0]!, argv.slice(1), { encoding: "utf8", cwd: folder });

  it("leaves a command alone that has nothing to join", () => {
    expect(joinCommand({ kind: "none" }, ["a", "b c"])).toEqual(["a", "b c"]);
  });

  it("writes the process that becomes the program into every group, before it does", () => {
    const names = ["one", "$(touch pwned)", "--", "it's; touch pwned"];
    const procsFiles = names.map((name) => join(folder, name));
    const program = ["sh", "-c", 'echo $$; printf "%s|" "$@"', "name", "$(touch pwned)", "--", "", "a  b\n"];
    const { stdout, status } = run(joinCommand({ kind: "cgroup", procsFiles }, program));
    const [processId, words] = [stdout.split("\n")[0], stdout.slice(stdout.indexOf("\n") + 1)];
    expect(status).toBe(0);
    expect(words).toBe("$(touch pwned)|--||a  b\n|");
    for (const file of procsFiles) expect(readFileSync(file, "utf8")).toBe(`${processId}\n`);
    expect(() => readFileSync(join(folder, "pwned"))).toThrow();
  });

  it("does not run the program when a group cannot be entered", () => {
    mkdirSync(join(folder, "group"));
    const procsFiles = [join(folder, "group")];
    const { status } = run(joinCommand({ kind: "cgroup", procsFiles }, ["touch", "ran"]));
    expect(status).toBe(126);
    expect(() => readFileSync(join(folder, "ran"))).toThrow();
  });

  it("binds to cores with taskset", () => {
    const program = join(folder, "it's a $(program)");
    writeFileSync(program, "#!/bin/sh\ngrep Cpus_allowed_list /proc/self/status");
    chmodSync(program, 0o755);
    const argv = joinCommand({ kind: "affinity", cores: [0] }, [program]);
    expect(argv).toEqual(["taskset", "-c", "0", program]);
    expect(execFileSync(argv[0]!, argv.slice(1), { encoding: "utf8" })).toMatch(/\t0\n$/);
  });

  it.each([
    [{ kind: "none" } as const, [], /is empty/],
    [{ kind: "none" } as const, ["-x"], /starts with a dash/],
    [{ kind: "cgroup", procsFiles: ["cgroup.procs"] } as const, ["x"], /not an absolute path/],
    [{ kind: "affinity", cores: [] } as const, ["x"], /names no cores/],
    [{ kind: "affinity", cores: [-1] } as const, ["x"], /names no cores/],
  ])("refuses %j before %j", (join, argv, message) => {
    expect(() => joinCommand(join, argv)).toThrow(message);
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmitOptions, emit } from "@partitune/emitter";
import { type ModePlan, modePlan } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled, repository } from "../fixtures/bundle.ts";
import { exampleModePlan } from "../fixtures/exampleModePlan.ts";
import { exampleWorkload } from "../fixtures/examplePlan.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const onOneCore = exampleModePlan({ device: { ...exampleModePlan().device, cores: 1 } });
const options: EmitOptions = { name: "desk", home: repository, directory: "/" };

function filesOf(plan: ModePlan, changed: Partial<EmitOptions> = {}) {
  const emission = emit(plan, "interleave", { ...options, ...changed });
  if (emission.status === "refused") throw new Error(JSON.stringify(emission.refusals));
  return emission;
}

function bundle(plan: ModePlan, changed: Partial<EmitOptions> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "partitune-interleave-"));
  folders.push(folder);
  for (const { path, content, executable } of filesOf(plan, changed).files)
    writeFileSync(join(folder, path), content, { mode: executable ? 0o755 : 0o644 });
  return folder;
}

function check(folder: string): { readonly code: number | null; readonly output: string } {
  const env = { ...process.env, PARTITUNE_RUN_DIR: join(folder, "r") };
  const { status, stdout, stderr } = spawnSync(join(folder, "check.sh"), [], { env, encoding: "utf8" });
  return { code: status, output: `${stdout}${stderr}` };
}

describe("the target interleave", () => {
  it("contains the plan itself, and says what takes turns", () => {
    const { files } = filesOf(onOneCore);
    const content = (path: string) => files.find((file) => file.path === path)!.content;
    expect(modePlan.parse(JSON.parse(content("plan.json")))).toEqual(onOneCore);
    expect(content("README.md")).toContain("`camera`, minibatches of up to 8, windowed, 0.2 s between them");
    expect(files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(["check.sh", "start.sh"]);
  });

  it("says that another power mode must be set first, and that a synthetic plan is synthetic", () => {
    const { warnings } = filesOf(exampleModePlan({ synthetic: true }));
    expect(warnings.map(({ code }) => code)).toEqual(["power-mode", "synthetic"]);
    expect(filesOf(exampleModePlan({ powerMode: onOneCore.device.powerModes[0]! })).warnings).toEqual([]);
  });

  it.each<[string, Partial<ModePlan>, RegExp]>([
    [
      "a workload that no process can run",
      { workloads: [exampleWorkload("camera", { engine: "recorded", source: "t" }), onOneCore.workloads[1]!] },
      /is only a recording/,
    ],
    ["a plan that runs nothing", { inferences: [], background: null }, /it runs nothing/],
  ])("refuses %s", (_, parts, cause) => {
    const emission = emit(exampleModePlan(parts), "interleave", options);
    if (emission.status !== "refused") throw new Error("emitted");
    expect(emission.refusals.map((refusal) => refusal.cause).join("\n")).toMatch(cause);
  });

  it("finds a plan at fault that runs what it does not describe", () => {
    const stranger = exampleModePlan({ workloads: [onOneCore.workloads[0]!] });
    expect(() => emit(stranger, "interleave", options)).toThrow(/workload "backlog" takes turns in the plan/);
  });

  it.for(["bash", "dash", "shellcheck"])("writes scripts that are read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    const folder = bundle(onOneCore, { name: `it's $(touch pwned) "x" \\`, zooFolder: "/a b/$HOME" });
    const paths = ["check.sh", "start.sh", "values.sh"].map((name) => join(folder, name));
    const runs = reader === "shellcheck" ? [["-x", "-P", folder, ...paths]] : paths.map((path) => ["-n", path]);
    for (const args of runs) {
      const { status, stdout, stderr } = spawnSync(reader, args, { encoding: "utf8" });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
    }
  });

  it("looks at the machine before it starts", () => {
    const good = check(bundle(onOneCore));
    expect(good.code).toBe(0);
    for (const line of good.output.trim().split("\n")) expect(line).toMatch(/^ok {4}/);
    expect(check(bundle(onOneCore, { home: "/nowhere" }))).toMatchObject({
      code: 1,
      output: expect.stringContaining("FAIL  partitune is not in /nowhere"),
    });
    expect(check(bundle(onOneCore, { directory: "/nowhere" })).output).toMatch(/FAIL {2}folder \/nowhere/);
    const many = exampleModePlan({ device: { ...onOneCore.device, cores: 4096 } });
    expect(check(bundle(many)).output).toMatch(/FAIL {2}\d+ cores, 4096 are needed/);
  });

  it("hands every text to the server as one argument", () => {
    const hostile = `it's $(touch pwned) "x" $HOME \\`;
    const home = mkdtempSync(join(tmpdir(), "partitune-home-"));
    folders.push(home);
    const inside = join(home, "node_modules", ".bin");
    spawnSync("mkdir", ["-p", inside]);
    writeFileSync(join(inside, "node"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    symlinkSync(join(repository, "packages"), join(home, "packages"));
    const folder = bundle(onOneCore, { name: hostile, home, zooFolder: hostile });
    const env = { ...process.env, PARTITUNE_RUN_DIR: join(folder, "r") };
    const { stdout, status } = spawnSync(join(folder, "start.sh"), ["--log=a b"], { env, encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout.trim().split("\n").slice(1)).toEqual([
      `--plan=${folder}/plan.json`,
      expect.stringMatching(/^--folder=.*\/r\/it-s-touch-pwned-x-home-[0-9a-f]{8}$/),
      `--home=${home}`,
      "--threads=1",
      `--zoo=${hostile}`,
      "--ready-timeout-s=120",
      "--log=a b",
    ]);
  });
});

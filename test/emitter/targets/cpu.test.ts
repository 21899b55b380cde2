import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuQuota } from "@partitune/emitter";
import type { Partition, Plan } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { type Bundle, bundle, fakeEngine, isInstalled, repository } from "../fixtures/bundle.ts";
import { examplePlacement, examplePlan, exampleWorkload } from "../fixtures/examplePlan.ts";
import { parsePlan } from "../fixtures/parsePlan.ts";

const scripts = ["check.sh", "start.sh", "stop.sh", "status.sh"];
const made: Bundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function deploy(...args: Parameters<typeof bundle>): Bundle {
  const one = bundle(...args);
  made.push(one);
  return one;
}

/** Each placement with an engine of its own, by the arguments of the fake one. */
function fakePlan(engines: Readonly<Record<string, readonly string[]>>, parts: Partial<Plan> = {}): Plan {
  const names = Object.keys(engines);
  const share: Partition = { kind: "cpu-share", share: 0.2 };
  return examplePlan({
    workloads: names.map((name) =>
      exampleWorkload(name, { engine: "command", command: ["node", fakeEngine, ...engines[name]!] }),
    ),
    placements: names.map((name) => examplePlacement(name, name, share)),
    ...parts,
  });
}

/** The answer of a server to one line. */
async function ask(socket: string, line: string): Promise<string> {
  const connection = connect(socket);
  connection.write(`${line}\n`);
  const [bytes] = (await once(connection, "data")) as [Buffer];
  connection.destroy();
  return bytes.toString();
}

const awkward = 'it\'s $(touch pwned) `touch pwned` ;touch pwned; "x" $HOME -rf é漢 | & > pwned';
const awkwardId = "--help; touch pwned #'";

/** A plan in which every text that a user can choose tries to become a command. */
function hostileBundle(mechanism: "auto" | "paced"): Bundle {
  const outer = mkdtempSync(join(tmpdir(), "partitune-hostile-"));
  const home = join(outer, awkward.replaceAll("/", ""));
  const directory = join(outer, `-- ${awkwardId}`);
  const program = `$(touch pwned) 'engine'.mjs`;
  for (const folder of [home, directory]) mkdirSync(folder);
  for (const name of ["packages", "node_modules"]) symlinkSync(join(repository, name), join(home, name));
  writeFileSync(join(directory, program), readFileSync(fakeEngine));
  const command = ["node", `./${program}`, "--record=seen", awkward, "-", "", "a\nb", "$PATH", "\\"];
  const plan = examplePlan({
    workloads: [exampleWorkload(awkward, { engine: "command", command, environment: { OWN: awkward } })],
    placements: [examplePlacement(awkwardId, awkward, { kind: "cpu-share", share: 0.25 })],
    promises: [
      {
        id: awkward,
        subject: awkward,
        metric: "response_s",
        percentile: 0.99,
        relation: "at-most",
        target: 1,
        predicted: null,
      },
    ],
  });
  const one = bundle(plan, { name: awkward, home, directory, mechanism });
  return {
    ...one,
    options: { ...one.options, directory },
    remove: () => {
      one.remove();
      rmSync(outer, { recursive: true });
    },
  };
}

function filesNamedPwned(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /(^|\/)pwned$/.test(path));
}

describe("the bundle for a processor", () => {
  it.for(["bash", "dash", "shellcheck"])("is read without complaint by %s", (reader, { skip }) => {
    const one = hostileBundle("auto");
    made.push(one);
    const files = [...scripts, "common.sh", "cgroups.sh", "machine.sh", "placements.sh"].map((name) =>
      join(one.folder, name),
    );
    const args = reader === "shellcheck" ? ["-x", "-P", one.folder, ...files] : ["-n"];
    const runs = reader === "shellcheck" ? [args] : files.map((file) => [...args, file]);
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    for (const run of runs) {
      const { status, stdout, stderr } = spawnSync(reader, run, { encoding: "utf8" });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
    }
  });

  it("contains the plan itself", () => {
    const plan = fakePlan({ a: [] });
    const one = deploy(plan);
    expect(parsePlan(readFileSync(join(one.folder, "plan.json"), "utf8"))).toEqual(plan);
  });

  it.each([
    ["sh", "auto"],
    ["bash", "paced"],
  ] as const)("lets no name, path or argument break out, under %s with shares %s", async (shell, mechanism) => {
    const one = hostileBundle(mechanism);
    made.push(one);
    expect(one.script("check.sh", { shell })).toMatchObject({ code: 0 });
    expect(one.script("start.sh", { shell })).toMatchObject({ code: 0 });
    const status = one.script("status.sh", { shell });
    expect(status.code).toBe(0);
    expect(status.output).toContain(`serving  "${awkwardId}"  cpu-share:0.25`);
    expect(JSON.parse(await ask(join(one.run, "0.sock"), '{"type":"request","id":1}'))).toMatchObject({
      id: 1,
      batch: 1,
    });
    const seen = JSON.parse(readFileSync(join(one.options.directory, "seen"), "utf8"));
    expect(seen.argv).toEqual(["--record=seen", awkward, "-", "", "a\nb", "$PATH", "\\"]);
    expect(seen).toMatchObject({ own: awkward, threads: "1", cwd: one.options.directory });
    if (mechanism === "paced") expect(seen.pace).toBe("0.5");
    expect(one.script("stop.sh", { shell })).toMatchObject({ code: 0 });
    expect(one.leftovers()).toEqual([]);
    expect(existsSync(one.run)).toBe(false);
    expect(
      [one.folder, one.options.directory, "/"].flatMap((folder) =>
        folder === "/" ? (existsSync("/pwned") ? ["/pwned"] : []) : filesNamedPwned(folder),
      ),
    ).toEqual([]);
  });

  it("puts a share's processes into a control group with its quota, and takes the group away again", ({ skip }) => {
    const one = deploy(fakePlan({ a: [] }));
    const mechanism = /shares are held by (cgroup-v[12]) in (\S+)/.exec(one.script("check.sh").output);
    if (mechanism === null) return skip("no control group can be made here: root or a delegated group is needed");
    expect(one.script("start.sh").code).toBe(0);
    const [, version, place] = mechanism;
    const group = one.leftovers().find((name) => name.startsWith("partitune-plan-"))!;
    const read = (file: string) => readFileSync(join(place!, group, file), "utf8").trim();
    const { quotaMicroseconds, periodMicroseconds } = cpuQuota(0.2, 2);
    const quota =
      version === "cgroup-v2" ? read("cpu.max") : `${read("cpu.cfs_quota_us")} ${read("cpu.cfs_period_us")}`;
    expect(quota).toBe(`${quotaMicroseconds} ${periodMicroseconds}`);
    const inside = read("cgroup.procs").split("\n");
    expect(inside).toHaveLength(2);
    expect(one.leftovers()).toEqual(expect.arrayContaining(inside));
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.leftovers()).toEqual([]);
  });

  it("writes what cgroup v2 expects, as far as a tree of files can tell", () => {
    const outer = mkdtempSync(join(tmpdir(), "partitune-v2-"));
    const programs = join(outer, "node_modules/.bin");
    const tree = join(outer, "tree");
    for (const folder of [programs, tree]) mkdirSync(folder, { recursive: true });
    symlinkSync(join(repository, "packages"), join(outer, "packages"));
    symlinkSync(realpathSync(join(repository, "node_modules/.bin/node")), join(programs, "node"));
    // The kernel fills a new group with files, and removes them with it.
    const fills = 'for last; do :; done\ncase $last in "$PARTITUNE_CGROUP"/*)';
    const fill = `${fills} ln -s /dev/null "$last/cgroup.procs"; : > "$last/cpu.max" ;; esac`;
    const clear = `${fills} exec rm -r -- "$last" ;; *) exec /bin/rmdir "$@" ;; esac`;
    writeFileSync(join(programs, "mkdir"), `#!/bin/sh\n/bin/mkdir "$@" || exit\n${fill}\n`, { mode: 0o755 });
    writeFileSync(join(programs, "rmdir"), `#!/bin/sh\n${clear}\n`, { mode: 0o755 });
    writeFileSync(join(tree, "cgroup.controllers"), "cpuset cpu io memory\n");
    writeFileSync(join(tree, "cgroup.subtree_control"), "memory\n");
    const environment = { PARTITUNE_CGROUP: tree };
    const one = bundle(fakePlan({ a: [] }), { home: outer });
    made.push({ ...one, remove: () => [one.remove(), rmSync(outer, { recursive: true })] });

    expect(one.script("check.sh", { environment }).output).toContain(`shares are held by cgroup-v2 in ${tree}`);
    expect(readFileSync(join(tree, "cgroup.subtree_control"), "utf8")).toBe("-cpu\n");
    writeFileSync(join(tree, "cgroup.subtree_control"), "memory\n");
    expect(one.script("start.sh", { environment }).code).toBe(0);
    expect(readFileSync(join(tree, "cgroup.subtree_control"), "utf8")).toBe("+cpu\n");
    const group = readdirSync(tree).find((name) => name.startsWith("partitune-plan-"))!;
    const { quotaMicroseconds, periodMicroseconds } = cpuQuota(0.2, 2);
    expect(readFileSync(join(tree, group, "cpu.max"), "utf8")).toBe(`${quotaMicroseconds} ${periodMicroseconds}\n`);
    expect(one.script("stop.sh", { environment }).code).toBe(0);
    expect(readdirSync(tree).toSorted()).toEqual(["cgroup.controllers", "cgroup.subtree_control"]);
    expect(one.leftovers()).toEqual([]);
  });

  it("binds a core set by affinity and leaves the whole device alone", () => {
    const plan = fakePlan(
      { a: ["--record=seen"] },
      { placements: [examplePlacement("a", "a", { kind: "core-set", cores: [0] })] },
    );
    const one = deploy(plan);
    expect(one.script("check.sh").output).toContain("no processor shares are to be held");
    expect(one.script("start.sh").code).toBe(0);
    const { pid } = JSON.parse(readFileSync(join(one.folder, "seen"), "utf8"));
    expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/Cpus_allowed_list:\t0\n/);
  });

  it("may be started and stopped twice", () => {
    const one = deploy(fakePlan({ a: [] }));
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.script("start.sh").code).toBe(0);
    const before = one.leftovers();
    const again = one.script("start.sh");
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining("is running already") });
    expect(one.leftovers()).toEqual(before);
    expect(one.script("check.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/FAIL {2}a plan of the name .* is running already/),
    });
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.leftovers()).toEqual([]);
  });

  it("undoes what it started when one placement does not start, and says why", () => {
    const one = deploy(fakePlan({ good: [], bad: ["--fail"] }));
    const { code, output } = one.script("start.sh");
    expect(code).toBe(1);
    expect(output).toMatch(/placement "bad" did not start:\n.*told to fail/s);
    expect(one.leftovers()).toEqual([]);
    expect(existsSync(one.run)).toBe(false);
  });

  it("starts again only what has ended", async () => {
    const one = deploy(fakePlan({ steady: [], brittle: ["--crash-after=10"] }));
    expect(one.script("start.sh").code).toBe(0);
    const steady = readFileSync(join(one.run, "0.pid"), "utf8");
    for (let id = 0; one.script("status.sh").code === 0 && id < 20; id++)
      await ask(join(one.run, "1.sock"), `{"type":"request","id":${id}}`).catch(() => {});
    while (one.script("status.sh").output.includes('starting or ending  "brittle"')) await sleep(20);
    expect(one.script("status.sh").output).toMatch(
      /ended {2}"brittle".*\nengine failed: worker ended with exit code 7/,
    );
    expect(one.script("start.sh").code).toBe(0);
    expect(one.script("status.sh").code).toBe(0);
    expect(readFileSync(join(one.run, "0.pid"), "utf8")).toBe(steady);
  });

  it("can be stopped after a start that was killed half-way", async () => {
    const one = deploy(fakePlan({ a: ["--slow-start-ms=30000"], b: [] }));
    const start = one.begin("start.sh");
    while (one.leftovers().length < 4) await sleep(20);
    start.kill("SIGKILL");
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.leftovers()).toEqual([]);
    expect(existsSync(one.run)).toBe(false);
  });

  it("ends a start that is under way before it stops, and undoes a start that is interrupted", async () => {
    const one = deploy(fakePlan({ a: ["--slow-start-ms=30000"] }));
    for (const end of [
      () => one.script("stop.sh"),
      (start: { kill(signal: "SIGTERM"): boolean }) => start.kill("SIGTERM"),
    ]) {
      const start = one.begin("start.sh");
      const ended = once(start, "exit");
      while (one.leftovers().length === 0) await sleep(20);
      end(start);
      expect(await ended).toEqual([1, null]);
      expect(one.leftovers()).toEqual([]);
      expect(existsSync(one.run)).toBe(false);
    }
  });

  it("does not take over what an earlier version of the plan started, but stops it", () => {
    const one = deploy(fakePlan({ a: [], b: [] }));
    expect(one.script("start.sh").code).toBe(0);
    one.rewrite(fakePlan({ a: [] }));
    expect(one.script("start.sh")).toMatchObject({
      code: 1,
      output: expect.stringContaining("an earlier version of plan"),
    });
    expect(one.script("stop.sh").code).toBe(0);
    expect(one.leftovers()).toEqual([]);
  });
});

describe("check.sh", () => {
  it("has one line for each finding, and changes nothing", () => {
    const one = deploy(fakePlan({ a: [] }));
    const { code, output } = one.script("check.sh");
    expect(code).toBe(0);
    for (const line of output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect(one.leftovers()).toEqual([]);
    expect(existsSync(one.run)).toBe(false);
  });

  const whole = [examplePlacement("a", "a", { kind: "whole" })];
  const engine = (command: readonly string[]) => [exampleWorkload("a", { engine: "command", command })];
  const promise = {
    id: "m",
    subject: "desk",
    metric: "memory_bytes",
    percentile: null,
    relation: "at-most",
    target: 1e18,
  } as const;
  const device = { ...examplePlan().device, cores: cpus().length + 1 };

  it.each<[string, Partial<Plan>, RegExp]>([
    ["too few cores", { device, placements: whole }, /FAIL {2}\d+ cores, \d+ are needed/],
    [
      "too little memory",
      { promises: [{ ...promise, predicted: { value: 1e18, low: null, high: null } }] },
      /FAIL {2}\d+ MiB of memory are available, 9536743\d+ MiB/,
    ],
    [
      "a model that is missing",
      { workloads: [exampleWorkload("a", { engine: "onnx", model: "\u001b[2Jx.onnx" })] },
      /FAIL {2}placement "a": model \?\[2Jx.onnx is missing/,
    ],
    [
      "a program that is missing",
      { workloads: engine(["no-such-program"]) },
      /FAIL {2}placement "a": program no-such-program is not found/,
    ],
  ])("finds %s", (_, parts, finding) => {
    const { code, output } = deploy(fakePlan({ a: [] }, parts)).script("check.sh");
    expect(code).toBe(1);
    expect(output).toMatch(finding);
  });

  it("finds that partitune or the folder of the workloads is missing, and start.sh then starts nothing", () => {
    const one = deploy(fakePlan({ a: [] }), { home: "/nowhere", directory: "/nowhere/either" });
    expect(one.script("check.sh").output).toMatch(
      /FAIL {2}partitune is not in \/nowhere.*FAIL {2}folder \/nowhere\/either/s,
    );
    expect(one.script("start.sh")).toMatchObject({ code: 1, output: expect.stringMatching(/^FAIL/) });
    expect(existsSync(one.run)).toBe(false);
  });

  it("finds a run folder that cannot be made, and one whose sockets' paths would be too long", () => {
    const one = deploy(fakePlan({ a: [] }));
    const file = join(one.folder, "check.sh");
    for (const [runFolder, finding] of [
      [join(file, "below a file"), /cannot be made or written; set PARTITUNE_RUN_DIR/],
      [`/tmp/${"x".repeat(100)}`, /has more than 106 bytes; set PARTITUNE_RUN_DIR/],
    ] as const) {
      expect(one.script("check.sh", { runFolder })).toMatchObject({ code: 1, output: expect.stringMatching(finding) });
      expect(one.script("start.sh", { runFolder })).toMatchObject({ code: 1, output: expect.stringMatching(finding) });
    }
  });

  it("falls back to pauses where no control group can be made, and says why", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root can act as an unprivileged user");
    const one = deploy(fakePlan({ a: [] }));
    const runFolder = mkdtempSync(join(tmpdir(), "r-"));
    const { output } = one.script("check.sh", { uid: 65_534, runFolder });
    rmSync(runFolder, { recursive: true });
    expect(output).toMatch(/note {2}shares are held by pauses between batches.*not cgroup-v2: .*not cgroup-v1: /);
  });

  it("refuses a mechanism that the machine does not have", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root can act as an unprivileged user");
    const one = deploy(fakePlan({ a: [] }), { mechanism: "cgroup-v1" });
    expect(one.script("check.sh", { uid: 65_534 }).output).toMatch(/FAIL {2}shares cannot be held by cgroup-v1/);
  });
});

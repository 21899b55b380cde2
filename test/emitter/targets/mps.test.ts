import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EmitOptions, emit } from "@partitune/emitter";
import type { FleetPiece, FleetPlan, FleetTenant, Partition } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { exampleTenant, migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { type FleetNode, fleetNode, uuidOf } from "../fixtures/fleetNode.ts";

const made: FleetNode[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

const without = { mig: "Disabled, Disabled" };

function node(plan: FleetPlan = mpsFleetPlan(), options: Partial<EmitOptions> = {}, cards = 1): FleetNode {
  const one = fleetNode(
    "mps",
    plan,
    options,
    Array.from({ length: cards }, () => without),
  );
  made.push(one);
  return one;
}

const share = (part: number): Partition => ({ kind: "mps-share", share: part });
const multiprocessors = (n: number): Partition => ({ kind: "sm-partition", multiprocessors: n });

function piece(i: number, partition: Partition, ...tenants: readonly Partial<FleetTenant>[]): FleetPiece {
  const all = tenants.length === 0 ? [{}] : tenants;
  return {
    id: `piece ${i}`,
    partition,
    tenants: all.map((tenant, t) => exampleTenant(`tenant ${i}${t === 0 ? "" : `-${t}`}`, "faces", 0.004, tenant)),
  };
}

/** The example plan's card with other pieces. */
function shared(...pieces: readonly FleetPiece[]): FleetPlan {
  return mpsFleetPlan({ gpus: [{ ...mpsFleetPlan().gpus[0]!, pieces }] });
}

const statics = () =>
  shared(piece(0, multiprocessors(56)), piece(1, multiprocessors(32)), piece(2, multiprocessors(16)));
const options: EmitOptions = { name: "day", home: "/opt/partitune", directory: "/" };
const id = "mps-day-e44f21fd";

function refusalsOf(plan: FleetPlan): string {
  const emission = emit(plan, "mps", options);
  if (emission.status !== "refused") throw new Error("emitted");
  return emission.refusals.map(({ where, cause, advice }) => `${where}: ${cause}; ${advice}`).join("\n");
}

/** What the variables of clients of a tenant are, in the emitted values. */
function valuesOf(plan: FleetPlan): string {
  const emission = emit(plan, "mps", options);
  if (emission.status !== "emitted") throw new Error(JSON.stringify(emission.refusals));
  return emission.files.find(({ path }) => path === "values.sh")!.content;
}

describe("the target mps", () => {
  it.each<[string, FleetPlan, RegExp]>([
    ["MIG instances", migFleetPlan(), /target "mps" does not write "mig:2g.20gb@0"; emit that card for mig/],
    [
      "shares of a processor",
      shared(piece(0, { kind: "cpu-share", share: 0.5 })),
      /does not write "cpu-share:0.5"; emit a plan of the processor for cpu/,
    ],
    ["green contexts", shared(piece(0, { kind: "green-context", multiprocessors: 16 })), /within a process alone/],
    [
      "shares beyond the whole",
      shared(piece(0, share(0.7)), piece(1, share(0.4))),
      /the shares add up to 110 %, and 100 % can be given away/,
    ],
    [
      "shares beside static partitions",
      shared(piece(0, share(0.5)), piece(1, multiprocessors(8))),
      /exclude each other on one device/,
    ],
    [
      "sizes that are no whole chunks",
      shared(piece(0, multiprocessors(10))),
      /"sm-partition:10" is no size that the card can set/,
    ],
    [
      "more multiprocessors than there are",
      shared(piece(0, multiprocessors(64)), piece(1, multiprocessors(48))),
      /take 112 multiprocessors, and 108 of 108/,
    ],
    [
      "tenants that take turns",
      shared(piece(0, share(0.5), {}, {})),
      /"tenant 0" and "tenant 0-1" are planned to take turns .* clients of MPS run at the same time/,
    ],
    [
      "more clients than a server takes",
      shared(piece(0, share(1), { processes: 49 })),
      /49 processes, and an MPS server takes 48 clients/,
    ],
    [
      "more memory than the card has",
      shared(piece(0, share(1), { memoryBytes: 90e9 })),
      /need 85831 MiB, and the card has 81920 MiB/,
    ],
    [
      "processes with no multiprocessor",
      shared(piece(0, share(0.04), { processes: 4 })),
      /each of its 4 processes would get 1 % of the card, which rounds down to no multiprocessor/,
    ],
  ])("refuses %s", (_, plan, words) => {
    expect(refusalsOf(plan)).toMatch(words);
  });

  it("divides a share among processes, and limits each to what was measured and a tenth, at least 256 MiB", () => {
    const values = valuesOf(
      shared(
        piece(0, share(0.5), { processes: 3, memoryBytes: 3 * 2 ** 30 }),
        piece(1, share(0.5), { memoryBytes: 20 * 2 ** 30 }),
      ),
    );
    expect(values).toMatch(/processes='3'[\s\S]*percentage='16'\n {2}memory_limit_mib='1280'/);
    expect(values).toMatch(/percentage='50'\n {2}memory_limit_mib='22528'/);
  });

  it("gives less headroom where the card has less, and never more than the card", () => {
    const values = valuesOf(
      shared(piece(0, share(0.5), { memoryBytes: 50 * 2 ** 30 }), piece(1, share(0.5), { memoryBytes: 29 * 2 ** 30 })),
    );
    const limits = [...values.matchAll(/memory_limit_mib='(\d+)'/g)].map(([, mebibytes]) => Number(mebibytes));
    expect(limits[0]! + limits[1]!).toBeLessThanOrEqual(80 * 1024);
    expect(limits[0]).toBeGreaterThan(50 * 1024);
    expect(limits[1]).toBeGreaterThan(29 * 1024);
  });

  it("warns that a tenant of unknown memory is not limited", () => {
    const plan = shared(piece(0, share(0.5), { memoryBytes: null }));
    expect(valuesOf(plan)).toMatch(/memory_limit_mib=''/);
    const emission = emit(plan, "mps", options);
    expect(emission.status === "emitted" && emission.warnings.map(({ code }) => code)).toEqual([
      "synthetic",
      "memory-not-limited",
    ]);
  });

  it("carries a whole card for one tenant, without a limit of multiprocessors", () => {
    expect(valuesOf(shared(piece(0, { kind: "whole" }, { processes: 2 })))).toMatch(/percentage=''/);
  });
});

describe("the bundle for mps", () => {
  it("is read without complaint by shellcheck, bash and the shell of POSIX", ({ skip }) => {
    const { folder } = node();
    const paths = readdirSync(folder)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => join(folder, name));
    for (const path of paths) for (const shell of ["bash", "sh"]) expect(spawnSync(shell, ["-n", path]).status).toBe(0);
    if (!isInstalled("shellcheck")) return skip("shellcheck is not installed (Debian package shellcheck)");
    // The rest is the same for every target: the test of mig looks at all of it.
    const own = ["apply.sh", "device.sh", "mpsDaemon.sh", "values.sh"].map((name) => join(folder, name));
    const { status, stdout } = spawnSync("shellcheck", ["-x", "-P", folder, ...own], { encoding: "utf8" });
    expect({ status, said: stdout }).toEqual({ status: 0, said: "" });
  });

  it("checks, starts the daemon in exclusive mode, is harmless when repeated, and takes everything back", () => {
    const one = node(mpsFleetPlan(), { gpus: [uuidOf(0)] });
    one.change({ compute_mode: "Prohibited" });
    const before = one.snapshot();
    expect(one.script("check.sh")).toMatchObject({ code: 0 });
    expect(one.calls()).toEqual([]);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.read("compute_mode")).toBe("Exclusive_Process");
    expect(readFileSync(join(one.run, id, "mps-0", "device"), "utf8").trim()).toBe(uuidOf(0));
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    expect(one.calls()).toEqual(["nvidia-smi -i 0 -c EXCLUSIVE_PROCESS", "nvidia-cuda-mps-control -d"]);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.calls().slice(2)).toEqual(["nvidia-cuda-mps-control quit", "nvidia-smi -i 0 -c PROHIBITED"]);
    expect(one.snapshot()).toEqual(before);
    expect([readdirSync(one.state), readdirSync(one.run)]).toEqual([[], []]);
  });

  it("leaves a compute mode that was exclusive before as it was", () => {
    const one = node();
    one.change({ compute_mode: "Exclusive_Process" });
    one.script("apply.sh");
    one.script("undo.sh");
    expect(one.calls()).toEqual(["nvidia-cuda-mps-control -d", "nvidia-cuda-mps-control quit"]);
  });

  it.each(["", "plain"])(
    "makes static partitions in chunks, reads them back, and removes them, listing %j",
    (listing) => {
      const one = node(statics());
      expect(one.script("apply.sh", { environment: { FAKE_MPS: listing } })).toMatchObject({ code: 0 });
      const [, start, ...adding] = one.calls();
      expect(start).toBe("nvidia-cuda-mps-control -d -S");
      expect(adding).toEqual(
        [14, 8, 4].map((chunks) => `nvidia-cuda-mps-control sm_partition add ${uuidOf(0)} ${chunks}`),
      );
      const ran = one.script("run.sh", {
        args: ["tenant 1", "sh", "-c", 'echo "$CUDA_MPS_SM_PARTITION $CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"'],
      });
      expect(ran.output).toBe(`${uuidOf(0)}/Dx1/AAAA \n`);
      expect(one.script("apply.sh")).toMatchObject({ code: 0 });
      expect(one.calls()).toHaveLength(5);
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      const removed = ["Dx0/AAAA", "Dx1/AAAA", "Dx2/AAAA"].map(
        (part) => `nvidia-cuda-mps-control sm_partition rm ${uuidOf(0)} ${part}`,
      );
      expect(one.calls().slice(5, 8)).toEqual(removed);
      expect(one.read("compute_mode")).toBe("Default");
    },
  );

  it.each([
    ["shares", mpsFleetPlan(), 1],
    ["shares", mpsFleetPlan(), 2],
    ["static partitions", statics(), 2],
    ["static partitions", statics(), 4],
  ])("takes everything back after it was killed, %s, change %#", (_, plan, step) => {
    const one = node(plan);
    const before = one.snapshot();
    const killed = { environment: { FAKE_KILL_AT: String(step) } };
    expect(one.script("apply.sh", killed).code).not.toBe(0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
    expect([one.state, one.run].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))).toEqual([]);
  });

  it("goes on after it was killed, without a partition too many", () => {
    const one = node(statics());
    expect(one.script("apply.sh", { environment: { FAKE_KILL_AT: "3" } }).code).not.toBe(0);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    const partitions = readFileSync(join(one.run, id, "mps-0", "partitions"), "utf8");
    expect(
      partitions
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[1]),
    ).toEqual(["14", "8", "4"]);
  });

  it("leaves nothing behind that undo.sh does not find, whichever call of a program fails", () => {
    const one = node(shared(piece(0, multiprocessors(56))));
    const before = one.snapshot();
    const codes = new Set<number | null>();
    let calls = 0;
    for (let call = 1; call === 1 || calls >= call - 1; call++) {
      writeFileSync(join(one.node, "asked"), "");
      const { code, output } = one.script("apply.sh", { environment: { FAKE_FAIL_CALL: String(call) } });
      calls = readFileSync(join(one.node, "asked"), "utf8").trim().split("\n").length;
      codes.add(code);
      if (code !== 0) expect(output).not.toBe("");
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      expect(one.snapshot()).toEqual(before);
    }
    expect([...codes].sort()).toEqual([0, 1]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["does not start", { FAKE_MPS: "dead" }, /MPS daemon of GPU-\S+ does not answer: [\s\S]*Failed to start/],
    ["does not answer", { FAKE_MPS: "silent" }, /MPS daemon of GPU-\S+ does not answer/],
    [
      "has no chunks left",
      { FAKE_MPS: "full" },
      /no partition was made on GPU 0: Failed to fulfill the requested SM partition of 14 chunks/,
    ],
    ["may not take the card", { FAKE_FAIL_AT: "1" }, /-c EXCLUSIVE_PROCESS failed: Insufficient Permissions/],
  ])("says so and puts the card back when the daemon %s", (_, environment, words) => {
    const one = node(statics());
    const before = one.snapshot();
    expect(one.script("apply.sh", { environment })).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    one.script("undo.sh");
    expect(one.snapshot()).toEqual(before);
  });

  it("puts the card back when it is asked to end while it waits, and lets one at a time at the cards", async () => {
    const one = node();
    const before = one.snapshot();
    const running = one.begin("apply.sh", [], { FAKE_MPS: "silent", PARTITUNE_DAEMON_TENTHS: "600" });
    const ended = new Promise((resolve) => running.once("exit", resolve));
    for (let tries = 0; tries < 200 && one.calls().length < 2; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(one.script("apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/process \d+ is cutting this machine/),
    });
    expect(one.script("status.sh").output).toMatch(/process \d+ is at work on the cards/);
    running.kill("SIGTERM");
    expect(await ended).toBe(1);
    expect(one.snapshot()).toEqual(before);
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("refuses partitions that the card's own chunks do not allow", () => {
    const one = node(shared(piece(0, multiprocessors(28))));
    one.change({ chunks: "8 13" });
    const before = one.snapshot();
    expect(one.script("apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/28 multiprocessors, and GPU 0 gives them in chunks of 8/),
    });
    expect(one.snapshot()).toEqual(before);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["MIG is enabled", { mig: "Enabled, Enabled" }, /has MIG enabled, so its instances are shared and not the card/],
    ["the card is too old", { compute_cap: "7.5" }, /compute capability 7.5, and static partitions need 8.0/],
    ["the card has less memory", { "memory.total": "4096" }, /has 4096 MiB of memory, tenants need 6144 MiB/],
    ["a stranger uses the card", { processes: "4711 N/A" }, /processes 4711 +use it without the plan; end them first/],
  ])("refuses with the reason when %s", (_, files, words) => {
    const one = node(statics());
    one.change(files);
    expect(one.script("apply.sh")).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.calls()).toEqual([]);
  });

  it("refuses a daemon without static partitions, and one that is not there", () => {
    const one = node(statics());
    writeFileSync(join(one.node, "mps_version"), "12080\n");
    expect(one.script("check.sh").output).toMatch(
      /FAIL {2}the MPS daemon is of version 12080; static partitions need 13010/,
    );
    expect(one.script("check.sh", { environment: { PATH: "/usr/bin:/bin" } }).output).toMatch(
      /program nvidia-cuda-mps-control is missing/,
    );
  });

  it("refuses a card that another daemon serves", async () => {
    const one = node();
    const program = join(one.node, "..", "bin", "nvidia-cuda-mps-control");
    const pipe = join(one.node, "foreign");
    const env = {
      ...process.env,
      FAKE_NODE: one.node,
      FAKE_QUIET: "yes",
      CUDA_VISIBLE_DEVICES: uuidOf(0),
      CUDA_MPS_PIPE_DIRECTORY: pipe,
    };
    spawnSync(program, ["-d"], { env });
    try {
      expect(one.script("apply.sh")).toMatchObject({
        code: 1,
        output: expect.stringMatching(/another MPS daemon serves it, process \d+ \(CUDA_VISIBLE_DEVICES=GPU-0/),
      });
    } finally {
      spawnSync(program, [], { env, input: "quit\n" });
    }
    expect(existsSync(join(pipe, "up"))).toBe(false);
  });

  it("starts each process of a tenant with its limits, and no others", () => {
    const one = node(shared(piece(0, share(0.5), { processes: 2 }), piece(1, share(0.3), { memoryBytes: null })));
    one.script("apply.sh");
    const print = ["sh", "-c", "echo \"$(env | grep -E '^CUDA_' | sort | tr '\\n' ' ')$PARTITUNE_PROCESS\""];
    const environment = {
      CUDA_VISIBLE_DEVICES: "7",
      CUDA_MPS_SM_PARTITION: "x",
      CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: "99",
    };
    const pipes = `CUDA_MPS_PIPE_DIRECTORY=${join(one.run, id, "mps-0")}`;
    const log = `CUDA_MPS_LOG_DIRECTORY=${join(one.state, id, "log-0")}`;
    const both = one.script("run.sh", { args: ["tenant 0", ...print], environment });
    const limits = "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=25 ";
    const lines = [0, 1].map((n) => `${limits}${log} CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=1280M ${pipes} ${n}`);
    expect(both.output.trim().split("\n").sort()).toEqual(lines);
    const free = one.script("run.sh", { args: ["tenant 1", ...print], environment });
    expect(free.output).toBe(`CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=30 ${log} ${pipes} 0\n`);
  });

  it("starts no tenant beside those of another user, whom the card's server serves", () => {
    const one = node();
    one.script("apply.sh");
    const other = spawn("sleep", ["60"], { uid: 65534, stdio: "ignore" });
    writeFileSync(join(one.run, id, "mps-0", "server"), `${other.pid}\n`);
    const answer = one.script("run.sh", { args: ["faces-0", "true"] });
    other.kill();
    expect(answer).toMatchObject({
      code: 1,
      output: expect.stringMatching(/the MPS server of its card serves user 65534, and one user at a time/),
    });
  });

  it("starts no tenant when the daemon has gone, and starts the daemon again", () => {
    const one = node();
    expect(one.script("apply.sh")).toEqual({ code: 0, output: expect.anything() });
    const pipe = join(one.run, id, "mps-0");
    spawnSync(join(one.node, "..", "bin", "nvidia-cuda-mps-control"), [], {
      env: { ...process.env, FAKE_NODE: one.node, CUDA_MPS_PIPE_DIRECTORY: pipe },
      input: "quit\n",
    });
    expect(one.script("run.sh", { args: ["faces-0", "true"] })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/tenant "faces-0" cannot run: card "gpu1": no MPS daemon of this plan answers/),
    });
    expect(one.script("status.sh").code).toBe(1);
    expect(one.script("apply.sh")).toEqual({ code: 0, output: expect.anything() });
    expect(one.script("run.sh", { args: ["faces-0", "true"] }).code).toBe(0);
  });

  it("does not end a daemon that somebody else's processes use", () => {
    const one = node();
    one.script("apply.sh");
    const pipe = join(one.run, id, "mps-0");
    writeFileSync(join(pipe, "server"), "1\n");
    writeFileSync(join(pipe, "clients"), "4711\n");
    expect(one.script("undo.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/processes 4711 +use the MPS daemon/),
    });
    expect(one.read("compute_mode")).toBe("Exclusive_Process");
    writeFileSync(join(pipe, "clients"), "");
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
  });

  it("ends its tenants when it is undone, and keeps a compute mode that somebody set since", async () => {
    const one = node();
    one.script("apply.sh");
    const running = one.begin("run.sh", ["photos-0", "sleep", "60"]);
    const ended = new Promise((resolve) => running.once("exit", resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
    one.change({ compute_mode: "Prohibited" });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    await ended;
    expect(one.read("compute_mode")).toBe("Prohibited");
  });

  it("serves two cards with a daemon each, and names no card twice", () => {
    const [card] = mpsFleetPlan().gpus;
    const second = { ...card!, id: "gpu2", pieces: [piece(9, share(1))] };
    const plan = mpsFleetPlan({ gpus: [card!, second] });
    const one = node(plan, {}, 2);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    const devices = [0, 1].map((n) => readFileSync(join(one.run, id, `mps-${n}`, "device"), "utf8").trim());
    expect(devices).toEqual([uuidOf(0), uuidOf(1)]);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    one.write(plan, { gpus: ["0", uuidOf(0)] });
    expect(one.script("check.sh").output).toMatch(
      /FAIL {2}card "gpu2": GPU GPU-\S+ is another card of the plan already/,
    );
  });
});

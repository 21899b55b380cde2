import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emit, planId } from "@partitune/emitter";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseTurnsOptions } from "../../../packages/profiler/src/interleave/parseTurnsOptions.ts";
import { fakeEngine, repository } from "../../emitter/fixtures/bundle.ts";
import { exampleModePlan } from "../../emitter/fixtures/exampleModePlan.ts";
import { exampleWorkload } from "../../emitter/fixtures/examplePlan.ts";

const example = exampleModePlan();
const engine = { engine: "command", command: ["node", fakeEngine] } as const;
const plan = exampleModePlan({
  device: { ...example.device, cores: 1 },
  workloads: [exampleWorkload("camera", engine), exampleWorkload("backlog", engine)],
  inferences: [{ ...example.inferences[0]!, batch: 2, windowSeconds: 0.05 }],
});

describe("the server of turns", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-serve-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("serves requests as deployed by its start script until it is asked to end, and leaves nothing behind", async () => {
    const emission = emit(plan, "interleave", { name: "desk", home: repository, directory: folder });
    if (emission.status === "refused") throw new Error(JSON.stringify(emission.refusals));
    for (const { path, content } of emission.files) writeFileSync(join(folder, path), content, { mode: 0o755 });
    const run = join(folder, "r");
    const env = { ...process.env, PARTITUNE_RUN_DIR: run };
    const server = spawn(join(folder, "start.sh"), [], { env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(server, "exit");
    await once(server.stdout, "data");
    const socket = connect(join(run, planId("desk"), "0.sock"));
    socket.write('{"type":"request","id":7}\n');
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({ id: 7, batch: 1, service_s: 0.001 });
    expect(spawnSync(join(folder, "check.sh"), [], { env, encoding: "utf8" }).stdout).toMatch(
      /FAIL {2}a plan of the name "desk"/,
    );
    server.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(join(run, planId("desk")))).toEqual([]);
    socket.destroy();
  });

  const good = ["--plan=p", "--folder=f", "--home=h", "--threads=2"];

  it("reads its options", () => {
    expect(parseTurnsOptions([...good, "--unmanaged"])).toMatchObject({
      threads: 2,
      managed: false,
      untilInputEnds: false,
    });
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no plan", good.slice(1), /--plan is missing/],
    ["threads that are none", [...good, "--threads=0"], /--threads "0" is no number of threads/],
    ["a time that is none", [...good, "--ready-timeout-s=soon"], /--ready-timeout-s "soon"/],
    ["an unknown option", [...good, "--fast"], /command line cannot be read/],
  ])("refuses %s, with its usage", (_, args, message) => {
    expect(() => parseTurnsOptions(args)).toThrow(message);
    expect(() => parseTurnsOptions(args)).toThrow(/call serveTurns.ts --plan=FILE/);
  });
});

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { devices } from "@partitune/profiler";
import type { FleetPlan } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { messageIn, readWire, textIn, type Wire } from "../fixtures/readWire.ts";
import { emitted, refused, type ServingBundle, servingBundle, shellComplaints } from "../fixtures/servingBundle.ts";
import { anyNames, namedPlan, pieceOf, planOfPieces, wholeCard } from "../fixtures/servingPlans.ts";

const made: ServingBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

const noProtoc = "protoc is not installed (Debian package protobuf-compiler)";

/** A configuration as protoc itself reads it. */
function encode(text: string): Wire {
  const run = spawnSync(
    "protoc",
    ["--proto_path", join(import.meta.dirname, "../fixtures"), "--encode=inference.ModelConfig", "modelConfig.proto"],
    { input: text },
  );
  expect(run.stderr.toString()).toBe("");
  return readWire(run.stdout);
}

function configsOf(plan: FleetPlan, options = {}): ReadonlyMap<string, string> {
  const { files } = emitted(plan, "triton", options);
  return new Map(
    [...files.values()].filter(({ path }) => path.endsWith("config.pbtxt")).map(({ path, content }) => [path, content]),
  );
}

function tenantConfig(plan: FleetPlan, tenant: string): Wire {
  const configs = [...configsOf(plan).values()].map(encode);
  return configs.find((config) => parametersOf(config).partitune_tenant === tenant)!;
}

function parametersOf(config: Wire): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (config.get(14) ?? []).map((_, n) => {
      const entry = messageIn(config, 14, n);
      return [textIn(entry, 1), textIn(messageIn(entry, 2), 1)];
    }),
  );
}

/** A plan of one piece, changed. */
const withTenants = (...tenants: readonly (readonly [string, number?])[]) =>
  planOfPieces([[pieceOf("p", { kind: "mig", profile: "3g.40gb", start: 0 }, ...tenants)]]);

describe("a model's configuration", () => {
  it("has instances, batches and the queue's delay as planned", ({ skip }) => {
    if (!isInstalled("protoc")) return skip(noProtoc);
    const base = withTenants(["faces", 2]);
    const plan = {
      ...base,
      gpus: base.gpus.map((gpu) => ({
        ...gpu,
        pieces: gpu.pieces.map((piece) => ({
          ...piece,
          tenants: piece.tenants.map((tenant) => ({ ...tenant, batch: 16, maxDelaySeconds: 0.0125 })),
        })),
      })),
    };
    const config = tenantConfig(plan, "p/0");
    expect(textIn(config, 1)).toBe("faces");
    expect(config.get(4)).toEqual([16]);
    const group = messageIn(config, 7);
    expect([group.get(2), group.get(4), group.get(3)]).toEqual([[2], [1], [Buffer.of(0)]]);
    expect(group.has(6)).toBe(false);
    const batching = messageIn(config, 11);
    expect([batching.get(1), batching.get(2)]).toEqual([[Buffer.of(16)], [12_500]]);
  });

  it("takes what has gathered where the plan waits for nothing, and forms no batches where the plan has none", ({
    skip,
  }) => {
    if (!isInstalled("protoc")) return skip(noProtoc);
    expect(messageIn(tenantConfig(withTenants(["faces"]), "p/0"), 11).size).toBe(0);
    const single = mpsFleetPlan();
    const plan = {
      ...single,
      gpus: single.gpus.map((gpu) => ({
        ...gpu,
        pieces: gpu.pieces.map((piece) => ({
          ...piece,
          tenants: piece.tenants.map((each) => ({ ...each, batch: 1 })),
        })),
      })),
    };
    expect(tenantConfig(plan, "faces-0").has(11)).toBe(false);
  });

  it("names the platform of an ONNX network, and leaves that of others to the file", ({ skip }) => {
    if (!isInstalled("protoc")) return skip(noProtoc);
    const plan = wholeCard();
    expect(tenantConfig(plan, "all/0").has(2)).toBe(false);
    const onnx = {
      ...plan,
      workloads: plan.workloads.map((each) => ({ ...each, engine: { engine: "onnx", model: "x.onnx" } as const })),
    };
    expect(textIn(tenantConfig(onnx, "all/0"), 2)).toBe("onnxruntime_onnx");
  });

  it.each([
    [[["faces"], ["notes"]], 1, [1, 1]],
    [[["faces", 2], ["notes"]], 2, [1, 2]],
    [
      [
        ["faces", 2],
        ["notes", 3],
        ["photos", 1],
      ],
      6,
      [3, 2, 6],
    ],
  ] as const)("lets %j take turns: all processes of one at once, and nobody else's", (tenants, total, copies) => {
    const plan = withTenants(...tenants);
    const configs = [...configsOf(plan).values()];
    const counts = configs.map((text) => Number(/name: "turn" count: (\d+)/.exec(text)![1]));
    expect(counts.toSorted()).toEqual([...copies].toSorted());
    expect(emitted(plan, "triton").files.get("values.sh")!.content).toContain(`'8000' '${total}'`);
    for (const [i, [, processes = 1]] of tenants.entries()) expect(processes * copies[i]!).toBe(total);
  });

  it("lets no name break out: protoc gets the very names back", ({ skip }) => {
    if (!isInstalled("protoc")) return skip(noProtoc);
    fc.assert(
      fc.property(anyNames, (names) => {
        const configs = [...configsOf(namedPlan(names), { name: names.plan })];
        const found = configs.map(([path, text]) => {
          const config = encode(text);
          expect(path).toMatch(/^repository\/[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}\/config\.pbtxt$/);
          expect(path.split("/")[2]).toBe(textIn(config, 1));
          return parametersOf(config);
        });
        expect(found).toEqual(
          names.tenants.map((tenant, i) => ({
            partitune_tenant: tenant,
            partitune_service: names.services[i % 2],
            partitune_workload: names.workloads[i % 2],
          })),
        );
      }),
      { numRuns: 20, seed: 5 },
    );
  });
});

describe("the target triton", () => {
  it.each<[string, FleetPlan, RegExp]>([
    [
      "green contexts",
      planOfPieces([[pieceOf("p", { kind: "green-context", multiprocessors: 16 }, ["faces"])]]),
      /piece "p": target "triton" does not write "green-context:16"/,
    ],
    [
      "training",
      { ...wholeCard(), workloads: wholeCard().workloads.map((each) => ({ ...each, task: "training" })) },
      /tenant "all\/0": its workload "resnet50" does not answer requests/,
    ],
    ["what is no NVIDIA card", { ...wholeCard(), devices: [{ ...devices.a100, kind: "cpu" }] }, /is no NVIDIA card/],
  ])("refuses %s", (_, plan, words) => {
    expect(refused(plan, "triton")).toMatch(words);
  });

  it("warns that several processes become threads, and keeps turns without a warning", () => {
    const { warnings } = emitted(migFleetPlan(), "triton");
    expect(warnings.map(({ code }) => code)).toEqual(["synthetic", "threads"]);
  });
});

const listing = `GPU 0: Example card (UUID: GPU-00000000-1111-2222-3333-444444444444)
  MIG 3g.40gb     Device  0: (UUID: MIG-aaaaaaaa-0000-5000-8000-000000000000)
  MIG 2g.20gb     Device  1: (UUID: MIG-bbbbbbbb-0000-5000-8000-000000000000)
  MIG 1g.10gb     Device  2: (UUID: MIG-cccccccc-0000-5000-8000-000000000000)
`;

const models = Object.fromEntries(
  ["resnet50", "vgg16", "bert"].map((workload) => [`models/${workload}/1/model.onnx`, workload]),
);

function onHost(plan: FleetPlan, world: Readonly<Record<string, string>> = {}): ServingBundle {
  const one = servingBundle(plan, "triton", { listing, ...models, ...world });
  made.push(one);
  return one;
}

const host = { PARTITUNE_MODELS: "WORLD/models", PARTITUNE_TRITON_REPOSITORY: "WORLD/repositories" };
const planFolder = (one: ServingBundle) =>
  join(one.world, "repositories", readdirSync(join(one.world, "repositories"))[0]!);

const hostile = namedPlan({
  plan: "p",
  cards: ["'", "$(x)"],
  pieces: ["a'", "b`", 'c"', "d\\"],
  tenants: ["e$", "f*", "g;", "h|"],
  services: ["i", "j "],
  workloads: ["k#", "l~"],
});

describe("the scripts for Triton", () => {
  it.for(["bash", "dash", "shellcheck"] as const)("are read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    expect(shellComplaints(reader, onHost(hostile).folder)).toBe("");
  });

  it("check, apply, show and undo a plan, with servers that run and that do not", () => {
    const one = onHost(migFleetPlan(), { "servers/8000/loaded": "", "servers/8003/loaded": "other\n" });
    const check = one.script("check.sh", host);
    expect(check).toMatchObject({ code: 0, output: expect.stringContaining('ok    piece "gpu0.0" is MIG-bbbbbbbb') });
    for (const line of check.output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect(one.calls()).toEqual([]);
    const apply = one.script("apply.sh", host);
    expect(apply).toMatchObject({ code: 0, output: expect.stringContaining('piece "gpu0.2": no server answers') });
    expect(one.read("servers/8000/loaded")).toBe("photos");
    expect(one.read("servers/8003/loaded").split("\n").toSorted()).toEqual(["faces", "notes", "other"]);
    expect(one.script("status.sh", host)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/ready {4}model notes.*missing {2}server of piece "gpu0.2"/s),
    });
    one.set("servers/8006/loaded", "faces\n");
    expect(one.script("status.sh", host)).toMatchObject({ code: 0 });
    expect(one.script("apply.sh", host)).toMatchObject({ code: 0 });
    expect(one.script("undo.sh", host)).toMatchObject({ code: 0 });
    expect([one.read("servers/8000/loaded"), one.read("servers/8003/loaded")]).toEqual(["", "other"]);
    expect(readdirSync(join(one.world, "repositories"))).toEqual([]);
    expect(one.script("undo.sh", host)).toMatchObject({ code: 0 });
  });

  it("lay out a repository for each piece, with links to the versions of the models", () => {
    const one = onHost(mpsFleetPlan(), { "models/resnet50/3/model.onnx": "newer" });
    expect(one.script("apply.sh", host).code).toBe(0);
    const current = join(planFolder(one), "current");
    const folders = readdirSync(current).toSorted();
    expect(folders.map((piece) => readdirSync(join(current, piece)))).toEqual([["faces"], ["photos"], ["notes"]]);
    const faces = join(current, folders[0]!, "faces");
    expect(readdirSync(faces).toSorted()).toEqual(["1", "3", "config.pbtxt"]);
    expect(readFileSync(join(faces, "3/model.onnx"), "utf8")).toBe("newer");
  });

  it("start a server on its piece, under its limits and with its turns", () => {
    const mig = onHost(migFleetPlan());
    expect(mig.script("apply.sh", host).code).toBe(0);
    expect(mig.script("serve.sh", host, ["gpu0.1"])).toMatchObject({ code: 0 });
    const served = mig.read("served").split("\n");
    expect(served.slice(1)).toEqual([
      "--model-control-mode=explicit",
      "--http-port=8003",
      "--grpc-port=8004",
      "--metrics-port=8005",
      "--load-model=faces",
      "--load-model=notes",
      "--rate-limit=execution_count",
      "--rate-limit-resource=turn:1:0",
      "CUDA_VISIBLE_DEVICES=MIG-cccccccc-0000-5000-8000-000000000000",
    ]);
    expect(existsSync(served[0]!.replace("--model-repository=", ""))).toBe(true);
    const mps = onHost(mpsFleetPlan());
    expect(mps.script("apply.sh", host).code).toBe(0);
    expect(mps.script("serve.sh", { ...host, CUDA_VISIBLE_DEVICES: "7" }, ["gpu1.1"])).toMatchObject({ code: 0 });
    expect(mps.read("served").split("\n").slice(-3)).toEqual([
      "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=30",
      "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=2304M",
      expect.stringMatching(/^CUDA_MPS_PIPE_DIRECTORY=.*\/run\/mps-night-[0-9a-f]+\/mps-0$/),
    ]);
  });

  it("use the UUIDs that the bundle for mig wrote down", () => {
    const one = onHost(migFleetPlan(), { "pieces.env": "PIECE_0=MIG-0\nPIECE_1=MIG-1\nPIECE_2=MIG-2\n" });
    const { output } = one.script("check.sh", { ...host, PARTITUNE_PIECES: "WORLD/pieces.env" });
    expect(output).toMatch(/piece "gpu0.0" is MIG-0\n.*piece "gpu0.1" is MIG-1\n.*piece "gpu0.2" is MIG-2\n/s);
  });

  it("say which pieces there are, and refuse to serve what is not applied", () => {
    const one = onHost(migFleetPlan());
    expect(one.script("serve.sh", host)).toMatchObject({
      code: 2,
      output: expect.stringMatching(/gpu0.0 .*port 8000.*gpu0.2/s),
    });
    expect(one.script("serve.sh", host, ["none"]).code).toBe(2);
    expect(one.script("serve.sh", host, ["gpu0.0"])).toMatchObject({
      code: 1,
      output: expect.stringContaining("call apply.sh first"),
    });
  });

  it("make the version before current again, with the models it had", () => {
    const servers = { "servers/8000/loaded": "", "servers/8003/loaded": "", "servers/8006/loaded": "" };
    const one = onHost(mpsFleetPlan(), servers);
    expect(one.script("apply.sh", host).code).toBe(0);
    const first = readlinkSync(join(planFolder(one), "current"));
    const other = mpsFleetPlan();
    one.write({
      ...other,
      gpus: other.gpus.map((gpu) => ({
        ...gpu,
        pieces: gpu.pieces.map((piece) => ({
          ...piece,
          tenants: piece.tenants.map((tenant) =>
            tenant.service === "photos" ? { ...tenant, service: "notes" } : tenant,
          ),
        })),
      })),
    });
    expect(one.script("apply.sh", host)).toMatchObject({ code: 0 });
    expect(one.read("servers/8003/loaded")).toBe("notes");
    expect(one.script("undo.sh", host)).toMatchObject({ code: 0 });
    expect(one.read("servers/8003/loaded")).toBe("photos");
    expect(readlinkSync(join(planFolder(one), "current"))).toBe(first);
    expect(one.script("undo.sh", host)).toMatchObject({ code: 0 });
    expect(readlinkSync(join(planFolder(one), "current"))).toBe(first);
  });

  it("say which model cannot be loaded, and can be undone", () => {
    const one = onHost(mpsFleetPlan(), { "servers/8000/loaded": "", "servers/8003/loaded": "", broken: "photos\n" });
    expect(one.script("apply.sh", host)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/loading model photos of piece "gpu1.1" failed: .*failed to load/),
    });
    one.set("broken", "");
    expect(one.script("undo.sh", host)).toMatchObject({ code: 0 });
    expect(one.read("servers/8000/loaded")).toBe("");
  });

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, RegExp]>([
    [
      "the folder of models is missing",
      { PARTITUNE_MODELS: "/nowhere" },
      {},
      /FAIL {2}PARTITUNE_MODELS names no folder/,
    ],
    [
      "there is no folder for repositories",
      { PARTITUNE_TRITON_REPOSITORY: "" },
      {},
      /FAIL {2}PARTITUNE_TRITON_REPOSITORY/,
    ],
    [
      "a repository cannot be made",
      { PARTITUNE_TRITON_REPOSITORY: "WORLD/listing" },
      {},
      /FAIL {2}folder .* cannot be made/,
    ],
    [
      "a model has no version",
      { PARTITUNE_MODELS: "WORLD/empty" },
      { "empty/resnet50/model.onnx": "" },
      /FAIL {2}tenant "photos-0": .*vgg16 has no version/,
    ],
  ])("find that %s, and then change nothing", (_, variables, world, words) => {
    const one = onHost(migFleetPlan(), world);
    const environment = { ...host, ...variables };
    expect(one.script("check.sh", environment)).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.script("apply.sh", environment)).toMatchObject({ code: 1, output: expect.stringMatching(/^FAIL/) });
    expect(one.has("repositories")).toBe(false);
  });

  it("find that a piece or an MPS daemon is missing", () => {
    const mig = onHost(migFleetPlan(), { listing: listing.replace(/ {2}MIG 2g.*\n/, "") });
    expect(mig.script("check.sh", host).output).toMatch(/FAIL {2}piece "gpu0.0": card 0 has no MIG instance 2g.20gb/);
    expect(onHost(mpsFleetPlan()).script("check.sh", host).output).toMatch(
      /FAIL {2}piece "gpu1.0": no MPS daemon answers in/,
    );
    expect(onHost(wholeCard(), { listing: "" }).script("check.sh", host).output).toMatch(/card 0 is not there/);
  });
});

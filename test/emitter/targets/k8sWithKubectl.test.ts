import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetPlan } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { type ApiObject, type ApiServer, apiServer } from "../fixtures/apiServer.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { type ServingBundle, servingBundle } from "../fixtures/servingBundle.ts";
import { evenShares } from "../fixtures/servingPlans.ts";

const made: (ServingBundle | ApiServer)[] = [];
afterEach(() => {
  for (const each of made.splice(0)) {
    if ("close" in each) each.close();
    else each.remove();
  }
});

const named = (name: string, rest: object = {}): ApiObject => ({ metadata: { name }, ...rest });
const container = (name: string, more: object) => ({
  spec: { template: { spec: { containers: [{ name: "other" }, { name, ...more }] } } },
});
const slice = (driver: string, ...devices: readonly (readonly [type: string, profile?: string])[]) => ({
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceSlice",
  spec: {
    driver,
    devices: devices.map(([type, profile], i) => ({
      name: `d${i}`,
      attributes: { type: { string: type }, ...(profile === undefined ? {} : { profile: { string: profile } }) },
    })),
  },
});

const cluster: Readonly<Record<string, ApiObject>> = {
  "/api/v1/namespaces/default": named("default", { kind: "Namespace", apiVersion: "v1" }),
  "/apis/apps/v1/namespaces/driver/daemonsets/plugin": named("plugin", {
    kind: "DaemonSet",
    apiVersion: "apps/v1",
    ...container("gpus", {
      env: [
        { name: "NODE_NAME", value: "x" },
        { name: "FEATURE_GATES", value: "A=false,MPSSupport=true," },
      ],
    }),
  }),
  "/apis/apps/v1/namespaces/plugins/daemonsets/device-plugin": named("device-plugin", {
    kind: "DaemonSet",
    apiVersion: "apps/v1",
    ...container("ctr", { image: "example/k8s-device-plugin:v0.17.1" }),
  }),
  "/apis/resource.k8s.io/v1/deviceclasses/gpu.nvidia.com": named("gpu.nvidia.com", {
    kind: "DeviceClass",
    apiVersion: "resource.k8s.io/v1",
  }),
  "/apis/resource.k8s.io/v1/resourceslices/a": named("a", slice("other.driver", ["gpu"])),
  "/apis/resource.k8s.io/v1/resourceslices/b": named("b", slice("gpu.nvidia.com", ["gpu"], ["mig", "1g.10gb"])),
  "/api/v1/namespaces/plugins/configmaps/configs": {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "configs", namespace: "plugins" },
    data: { default: "version: v1\n" },
  },
  "/api/v1/nodes/n1": {
    kind: "Node",
    apiVersion: "v1",
    metadata: { name: "n1", labels: { "nvidia.com/device-plugin.config": "old" } },
    status: { allocatable: { "nvidia.com/gpu": "4" } },
  },
  "/api/v1/nodes/n2": {
    kind: "Node",
    apiVersion: "v1",
    metadata: { name: "n2", labels: { a: "b" } },
    status: { allocatable: {} },
  },
};

/** A bundle whose scripts find the kubectl of this machine, and that a server in memory. */
async function against(plan: FleetPlan, objects: Readonly<Record<string, ApiObject>> = cluster) {
  const server = await apiServer(objects);
  const one = servingBundle(plan, "k8s", {});
  made.push(server, one);
  const config = join(one.world, "kubeconfig");
  const entry = { name: "test", cluster: { server: server.url }, context: { cluster: "test", user: "test" }, user: {} };
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [entry],
      contexts: [entry],
      users: [entry],
      "current-context": "test",
    }),
  );
  const env = {
    ...process.env,
    KUBECONFIG: config,
    HOME: one.world,
    PARTITUNE_STATE_DIR: join(one.world, "state"),
    PARTITUNE_TIMEOUT_S: "10",
    PARTITUNE_POLL_S: "0.01",
    PARTITUNE_PLUGIN_NAMESPACE: "plugins",
    PARTITUNE_PLUGIN_CONFIGMAP: "configs",
    PARTITUNE_NODES: "n1 n2",
  };
  const script = async (name: string) => {
    const child = spawn(join(one.folder, name), [], { env, timeout: 60_000 });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        output += data;
      });
    const [code] = await once(child, "close");
    return { code, output };
  };
  return { server, script };
}

describe("the scripts for Kubernetes, with kubectl itself", () => {
  it("check, apply, show and undo claims", async ({ skip }) => {
    if (!isInstalled("kubectl")) return skip("kubectl is not installed (Debian package kubernetes-client)");
    const { server, script } = await against(mpsFleetPlan());
    const check = await script("dra/check.sh");
    expect(check).toEqual({
      code: 0,
      output: expect.stringMatching(
        /ok {4}the driver's feature gate MPSSupport is on\n.*ok {4}1 devices "gpu" are published/s,
      ),
    });
    expect(server.changes).toEqual([]);
    expect(await script("dra/apply.sh")).toEqual({
      code: 0,
      output: expect.stringContaining("runs; undo.sh removes it"),
    });
    const plural = (path: string) => path.split("/").at(-2);
    const added = () =>
      [...server.objects.keys()]
        .filter((path) => !(path in cluster))
        .map(plural)
        .toSorted();
    expect(added()).toEqual(["deployments", "deployments", "deployments", "resourceclaims"]);
    expect(await script("dra/status.sh")).toMatchObject({ code: 0 });
    expect(await script("dra/apply.sh")).toMatchObject({ code: 0 });
    expect(added()).toHaveLength(4);
    expect(await script("dra/undo.sh")).toEqual({ code: 0, output: expect.stringContaining("nothing of plan") });
    expect(added()).toEqual([]);
  });

  it("find in a cluster's answers what is missing", async ({ skip }) => {
    if (!isInstalled("kubectl")) return skip("kubectl is not installed (Debian package kubernetes-client)");
    const without = Object.fromEntries(
      Object.entries(cluster).filter(([path]) => !/daemonsets\/plugin|deviceclasses|resourceslices\/b/.test(path)),
    );
    const { script } = await against(mpsFleetPlan(), without);
    expect(await script("dra/check.sh")).toEqual({
      code: 1,
      output: expect.stringMatching(
        /gate MPSSupport is off.*device class gpu.nvidia.com is missing.*0 devices "gpu" are published/s,
      ),
    });
  });

  it("check, apply, show and undo a configuration of the device plugin", async ({ skip }) => {
    if (!isInstalled("kubectl")) return skip("kubectl is not installed (Debian package kubernetes-client)");
    const { server, script } = await against(evenShares());
    expect(await script("device-plugin/check.sh")).toEqual({
      code: 0,
      output: expect.stringMatching(/node n1 has configuration old.*node n2 has the plugin's default/s),
    });
    expect(server.changes).toEqual([]);
    expect(await script("device-plugin/apply.sh")).toEqual({
      code: 0,
      output: expect.stringContaining("runs; undo.sh removes it"),
    });
    const labelOf = (node: string) =>
      server.objects.get(`/api/v1/nodes/${node}`)!.metadata.labels!["nvidia.com/device-plugin.config"];
    const data = () =>
      server.objects.get("/api/v1/namespaces/plugins/configmaps/configs")!.data as Readonly<Record<string, string>>;
    expect([labelOf("n1"), labelOf("n2")]).toEqual(["night-e6de9f61", "night-e6de9f61"]);
    expect(data()["night-e6de9f61"]).toContain("replicas: 4");
    expect(await script("device-plugin/undo.sh")).toEqual({
      code: 0,
      output: expect.not.stringContaining("others changed"),
    });
    expect([labelOf("n1"), labelOf("n2")]).toEqual(["old", undefined]);
    expect(data()).toEqual({ default: "version: v1\n" });
    expect([...server.objects.keys()]).toEqual(Object.keys(cluster));
  });
});

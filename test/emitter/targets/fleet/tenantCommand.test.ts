import type { Engine } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { tenantCommand } from "../../../../packages/emitter/src/targets/fleet/tenantCommand.ts";
import { mpsFleetPlan } from "../../../schema/exampleFleetPlan.ts";

const options = { name: "day", home: "/opt/partitune", directory: "/" };

function commandOf(engine: Engine) {
  const base = mpsFleetPlan();
  const tenant = base.gpus[0]!.pieces[0]!.tenants[0]!;
  const service = base.services.find(({ name }) => name === tenant.service)!;
  const workloads = base.workloads.map((each) => (each.name === service.workload ? { ...each, engine } : each));
  return tenantCommand({ ...base, workloads }, tenant, options);
}

describe("the command of a tenant of a card", () => {
  test("an ONNX network runs on CUDA by the shipped worker, with one thread of the processor", () => {
    const { words, refusal } = commandOf({ engine: "onnx", model: "zoo:resnet18@112" });
    expect(refusal).toBe("");
    expect(words).toEqual([
      "env",
      "node",
      "/opt/partitune/packages/profiler/src/workers/onnxWorker.ts",
      "--model=zoo:resnet18@112",
      "--threads=1",
      "--provider=cuda",
    ]);
  });

  test("another provider of ONNX Runtime is kept, and one that leaves the card alone refused", () => {
    expect(commandOf({ engine: "onnx", model: "a.onnx", provider: "tensorrt" }).words).toContain("--provider=tensorrt");
    const { words, refusal } = commandOf({ engine: "onnx", model: "a.onnx", provider: "cpu" });
    expect(words).toEqual(["false"]);
    expect(refusal).toMatch(/provider "cpu".*leaves the card alone/);
  });

  test.each<Engine>([
    { engine: "pytorch", model: "torchvision:resnet50" },
    { engine: "tensorflow", model: "zoo:mobilenet@96" },
  ])("$engine runs on the card", (engine) => {
    const { words, refusal } = commandOf(engine);
    expect(refusal).toBe("");
    expect(words).toContain("--device=cuda");
    expect(words.slice(0, 2)).toEqual(["env", "OMP_NUM_THREADS=1"]);
  });

  test("a program of the user is started as it is", () => {
    const { words, refusal } = commandOf({ engine: "command", command: ["python3", "mine.py"] });
    expect(refusal).toBe("");
    expect(words.slice(-2)).toEqual(["python3", "mine.py"]);
  });

  test("what no process can run is refused with its reason", () => {
    const { refusal } = commandOf({ engine: "recorded", source: "a table" });
    expect(refusal).toMatch(/only a recording/);
  });
});

import type { Plan } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import type { EmitOptions } from "../../packages/emitter/src/emission.ts";
import { emit } from "../../packages/emitter/src/emit.ts";
import type { TargetName } from "../../packages/emitter/src/targets/index.ts";
import { cpuFleetPlan } from "../schema/exampleCpuFleetPlan.ts";
import { mpsFleetPlan } from "../schema/exampleFleetPlan.ts";
import { examplePlacement, examplePlan, exampleWorkload } from "./fixtures/examplePlan.ts";

const options: EmitOptions = { name: "desk", home: "/opt/partitune", directory: "/home/me" };

describe("emit", () => {
  it("refuses an unknown target with the list of those it knows", () => {
    expect(() => emit(examplePlan(), "mainframe" as TargetName, options)).toThrow(
      /target "mainframe" is not known; choose one of cpu/,
    );
    expect(() => emit(examplePlan(), "constructor" as TargetName, options)).toThrow(/is not known/);
  });

  it.each<[string, Partial<EmitOptions>]>([
    ["a relative home", { home: "partitune" }],
    ["a directory with a line break", { directory: "/a\nb" }],
    ["an empty name", { name: "" }],
    ["a name with a control character", { name: "a\u0007" }],
  ])("refuses %s", (_, wrong) => {
    expect(() => emit(examplePlan(), "cpu", { ...options, ...wrong })).toThrow(/; give /);
  });

  it("refuses a plan that places an unknown workload, or two placements of one id", () => {
    const whole = { kind: "whole" } as const;
    const stranger = examplePlan({ placements: [examplePlacement("a", "other", whole)] });
    expect(() => emit(stranger, "cpu", options)).toThrow(/placement "a" is of the workload "other"/);
    const share = { kind: "cpu-share", share: 0.1 } as const;
    const twice = examplePlan({
      placements: [examplePlacement("a", "tiny", share), examplePlacement("a", "tiny", share)],
    });
    expect(() => emit(twice, "cpu", options)).toThrow(/placement "a" occurs twice/);
  });

  const share = (part: number) => ({ kind: "cpu-share", share: part }) as const;
  const cores = (...numbers: number[]) => ({ kind: "core-set", cores: numbers }) as const;
  const placed = (...partitions: Parameters<typeof examplePlacement>[2][]) =>
    partitions.map((partition, i) => examplePlacement(`p${i}`, "tiny", partition));

  it.each<[string, Partial<Plan>, RegExp]>([
    ["shares beyond the whole", { placements: placed(share(0.6), share(0.6)) }, /partitions take 120 %.*100 %/],
    ["the whole beside a share", { placements: placed({ kind: "whole" }, share(0.1)) }, /partitions take 110 %/],
    ["a core given twice", { placements: placed(cores(0), cores(0)) }, /core 0, which placement "p0" has/],
    ["a core that the device lacks", { placements: placed(cores(2)) }, /core 2, and the device has cores 0 to 1/],
    [
      "a piece of a card",
      { placements: placed({ kind: "mig", profile: "3g.40gb", start: 4 }, { kind: "mps-share", share: 0.5 }) },
      /"p0": its partition "mig:3g.40gb@4" is a piece of a card.*\n.*"p1": its partition "mps-share:0.5"/,
    ],
    ["another power mode", { powerMode: "slow" }, /power mode "slow"/],
    ["a share that no quota can give", { placements: placed(share(1e-6)) }, /not a share that a quota can give/],
    [
      "a recording",
      { workloads: [exampleWorkload("tiny", { engine: "recorded", source: "t.csv" })] },
      /only a recording/,
    ],
    [
      "training",
      { workloads: [{ ...exampleWorkload("tiny", { engine: "onnx", model: "m" }), task: "training" }] },
      /it trains/,
    ],
  ])("answers no, with the reason, to %s", (_, parts, cause) => {
    const emission = emit(examplePlan(parts), "cpu", options);
    expect(emission.status).toBe("refused");
    if (emission.status === "refused") {
      const words = emission.refusals.map((refusal) => `${refusal.where}: ${refusal.cause}; ${refusal.advice}`);
      expect(words.join("\n")).toMatch(cause);
    }
  });

  it("accepts shares that add up to the whole but for rounding", () => {
    expect(emit(examplePlan({ placements: placed(share(0.1), share(0.2), share(0.7)) }), "cpu", options).status).toBe(
      "emitted",
    );
  });

  it("lets placements take more than the processor has only where told to, and then asks for no more cores than it has", () => {
    const plan = examplePlan({ placements: placed({ kind: "whole" }, { kind: "whole" }) });
    expect(emit(plan, "cpu", options).status).toBe("refused");
    const emission = emit(plan, "cpu", { ...options, oversubscribed: true });
    if (emission.status !== "emitted") throw new Error("refused");
    expect(emission.files.find(({ path }) => path === "placements.sh")?.content).toMatch(/^cores_needed='?2'?$/m);
    const absent = examplePlan({ placements: placed({ kind: "whole" }, cores(2)) });
    expect(emit(absent, "cpu", { ...options, oversubscribed: true }).status).toBe("refused");
  });

  it("carries the fleet plan of one processor as its placements, and answers no to that of cards", () => {
    const emission = emit(cpuFleetPlan(), "cpu", options);
    if (emission.status !== "emitted") throw new Error("refused");
    const { kind, placements } = JSON.parse(emission.files.find(({ path }) => path === "plan.json")!.content);
    expect([kind, placements.length]).toEqual(["plan", 2]);
    expect(emit(mpsFleetPlan(), "cpu", options)).toMatchObject({
      status: "refused",
      refusals: [{ cause: "is no processor" }],
    });
  });

  it("says that a synthetic plan is synthetic, as a warning and in the bundle", () => {
    const emission = emit(examplePlan({ synthetic: true }), "cpu", options);
    if (emission.status !== "emitted") throw new Error("refused");
    expect(emission.warnings.map(({ code }) => code)).toEqual(["synthetic"]);
    expect(emission.files.find(({ path }) => path === "README.md")?.content).toMatch(/rests on synthetic measurements/);
  });

  it("gives the same files for the same plan", () => {
    expect(emit(examplePlan(), "cpu", options)).toEqual(emit(examplePlan(), "cpu", options));
  });
});

import { InputError, type Partition } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import {
  chooseGovernor,
  type Governor,
  governors,
  localGovernors,
} from "../../../packages/profiler/src/governors/index.ts";
import { paced } from "../../../packages/profiler/src/governors/paced.ts";

const machine = { root: "/nowhere", cores: 4, processId: 1 };
const half = { kind: "cpu-share", share: 0.5 } as const;

describe("chooseGovernor", () => {
  test("without control groups a share is paced by the worker, and the record says why", async () => {
    const { governor, passedOver } = await chooseGovernor(half, localGovernors(machine));
    expect(governor.name).toBe("paced");
    expect(passedOver).toEqual([
      { governor: "cgroup-v2", reason: "no cgroup v2 hierarchy is mounted" },
      { governor: "cgroup-v1", reason: "no cgroup v1 hierarchy with the cpu controller is mounted" },
    ]);
  });

  test.each<Partition>([{ kind: "whole" }, { kind: "cpu-share", share: 1 }])("%o needs no limit", async (partition) => {
    const { governor, passedOver } = await chooseGovernor(partition, localGovernors(machine));
    expect([governor.name, passedOver]).toEqual(["none", []]);
    expect(await governor.prepare(partition)).toMatchObject({ mechanism: "none", join: { kind: "none" }, threads: 4 });
  });

  test.each<Partition>([
    { kind: "mps-share", share: 0.5 },
    { kind: "mig", profile: "3g.40gb" },
    { kind: "sm-partition", multiprocessors: 8 },
    { kind: "green-context", multiprocessors: 8 },
  ])("a processor is not divided like a card: %o", async (partition) => {
    await expect(chooseGovernor(partition, localGovernors(machine))).rejects.toThrow(
      "is a piece of a card, and nothing here divides a processor so",
    );
  });

  test("a partition that nobody can set is an error with the reasons", async () => {
    const unable: Governor = {
      ...paced(machine),
      name: "broken",
      available: async () => ({ ok: false, reason: "it is broken" }),
    };
    await expect(chooseGovernor(half, [unable])).rejects.toThrow(InputError);
    await expect(chooseGovernor(half, [unable])).rejects.toThrow(
      'partition "cpu-share:0.5" cannot be set on this machine (broken: it is broken)',
    );
  });

  test("each governor goes by its name on the shelf", () => {
    for (const [name, create] of Object.entries(governors)) expect(create(machine).name).toBe(name);
  });
});

describe("paced", () => {
  test("asks the worker for the share of all cores", async () => {
    const prepared = await paced(machine).prepare({ kind: "cpu-share", share: 0.3 });
    expect(prepared).toMatchObject({ pace: 1.2, threads: 2, join: { kind: "none" }, settings: { pace_cores: 1.2 } });
  });
});

import type { Config, Device, PowerMode } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { featureEncoder } from "../../packages/surrogate/src/features.ts";
import { profileOf } from "./fixtures/profileOf.ts";

const config = (change: Partial<Config>): Config => ({
  workload: "a",
  powerMode: "default",
  partition: { kind: "whole" },
  batch: 2,
  ...change,
});
const deviceWith = (...powerModes: PowerMode[]): Device => ({ ...profileOf().device, powerModes });
const plain = { powerModes: ["default"], partitionKinds: ["cpu-share", "whole"] };

describe("featureEncoder", () => {
  it("gives fraction, cores, threads and batch of every kind of partition", () => {
    const { columns, encode } = featureEncoder(profileOf().device, plain);
    expect(columns).toEqual(["fraction", "cores", "threads", "batch"]);
    expect(encode(config({}))).toEqual([1, 4, 4, 2]);
    expect(encode(config({ partition: { kind: "cpu-share", share: 0.3 } }))).toEqual([0.3, 1.2, 2, 2]);
    expect(encode(config({ partition: { kind: "core-set", cores: [0, 3] } }))).toEqual([0.5, 2, 2, 2]);
  });

  it("cannot tell what several processes do", () => {
    const { encode } = featureEncoder(profileOf().device, plain);
    expect(encode(config({ processes: 2 }))).toBeUndefined();
    expect(encode(config({ processes: 1 }))).toEqual(encode(config({})));
  });

  it("has a column for every kind of partition after the first, the whole device counting as any", () => {
    const { columns, encode } = featureEncoder(profileOf().device, {
      powerModes: ["default"],
      partitionKinds: ["core-set", "cpu-share", "whole"],
    });
    expect(columns.slice(4)).toEqual(["cpu-share"]);
    expect(encode(config({ partition: { kind: "cpu-share", share: 0.5 } }))?.at(4)).toBe(1);
    expect(encode(config({}))?.at(4)).toBe(0);
  });

  it("knows power modes by their numbers when these tell all apart, unmeasured ones included", () => {
    const device = deviceWith(
      { name: "low", cpuHertz: 1e9, cores: 4 },
      { name: "high", cpuHertz: 2e9, cores: 4 },
      { name: "middle", cpuHertz: 1.5e9, cores: 4 },
      { name: "unknown" },
    );
    const { columns, encode } = featureEncoder(device, { ...plain, powerModes: ["low", "high"] });
    expect(columns.slice(4)).toEqual(["cpuHertz"]);
    expect(encode(config({ powerMode: "low" }))?.at(4)).toBe(0);
    expect(encode(config({ powerMode: "middle" }))?.at(4)).toBeCloseTo(Math.log(1.5), 12);
    expect(encode(config({ powerMode: "unknown" }))).toBeUndefined();
  });

  it("knows power modes by name alone when their numbers do not tell them apart", () => {
    const device = deviceWith({ name: "a", cpuHertz: 1e9 }, { name: "b", cpuHertz: 1e9 }, { name: "c" });
    const { columns, encode } = featureEncoder(device, { ...plain, powerModes: ["a", "b"] });
    expect(columns.slice(4)).toEqual(["b"]);
    expect(encode(config({ powerMode: "a" }))?.at(4)).toBe(0);
    expect(encode(config({ powerMode: "b" }))?.at(4)).toBe(1);
    expect(encode(config({ powerMode: "c" }))).toBeUndefined();
  });

  it("cannot encode a power mode about which the only measured one says nothing", () => {
    expect(featureEncoder(profileOf().device, plain).encode(config({ powerMode: "other" }))).toBeUndefined();
  });
});

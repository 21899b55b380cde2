import { describe, expect, test } from "vitest";
import { usualStrategy } from "../../packages/cli/src/usualStrategy.ts";

const clock = { name: "GPU clock", kind: "mono", quantity: "gpu-clock" } as const;
const cores = { name: "cores", kind: "mono", quantity: "cores" } as const;
const batch = { name: "batch", kind: "free", quantity: "batch" } as const;

describe("usualStrategy", () => {
  test("is roofline-guided where cores and clocks are all there is", () => {
    expect(usualStrategy({ dimensions: [cores, clock] })).toBe("roofline");
  });

  test.each([
    ["a batch to choose", [clock, batch]],
    ["no GPU clock", [cores]],
    ["settings without a meaning", [{ name: "mode", kind: "free" } as const]],
  ])("descends along slopes where there is %s", (_, dimensions) => {
    expect(usualStrategy({ dimensions })).toBe("gmd");
  });
});

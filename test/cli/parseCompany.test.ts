import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { parseCompany } from "../../packages/cli/src/parseCompany.ts";

const share = (value: number) => ({ kind: "mps-share", share: value });

describe("parseCompany", () => {
  test("reads workload, partition and batch, and processes where there are several", () => {
    expect(parseCompany("bert mps-share:0.3 8", "default")).toEqual([
      { workload: "bert", powerMode: "default", partition: share(0.3), batch: 8 },
    ]);
    expect(parseCompany("my net mps-share:0.3 8x1 + vgg16 mig:1g.10gb 4x2", "250w")).toEqual([
      { workload: "my net", powerMode: "250w", partition: share(0.3), batch: 8 },
      { workload: "vgg16", powerMode: "250w", partition: { kind: "mig", profile: "1g.10gb" }, batch: 4, processes: 2 },
    ]);
  });

  test.each([
    ["", "cannot be read"],
    ["bert", 'option --beside "bert" cannot be read; write "WORKLOAD PARTITION BATCH"'],
    ["bert mps-share:0.5", "cannot be read"],
    ["bert mps-share:0.5 0", "cannot be read"],
    ["bert mps-share:0.5 8x0", "cannot be read"],
    ["bert mps-share:0.5 8 + ", 'option --beside "" cannot be read'],
    ["bert gpu:0.5 8", 'partition "gpu:0.5" is of no known kind'],
    ["bert mps-share:5 8", 'partition "mps-share:5" cannot be read'],
  ])("refuses %j", (text, words) => {
    expect(() => parseCompany(text, "default")).toThrow(InputError);
    expect(() => parseCompany(text, "default")).toThrow(words);
  });
});

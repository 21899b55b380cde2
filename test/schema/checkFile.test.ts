import { checkFile, fileKindNames, type InputError } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleProfile } from "./exampleProfile.ts";

const demands = {
  kind: "demands",
  version: 1,
  demands: [
    { workload: "resnet18", ratePerSecond: 20, deadlineSeconds: 0.2 },
    { workload: "bert", ratePerSecond: 5, deadlineSeconds: 0.5, percentile: 0.95 },
  ],
};

function changed(change: (copy: typeof demands & Record<string, unknown>) => void): unknown {
  const copy = structuredClone(demands);
  change(copy);
  return copy;
}

function messageOf(value: unknown, kind?: "demands" | "plan"): string {
  try {
    checkFile(value, "d.json", kind);
  } catch (error) {
    return (error as InputError).message;
  }
  return "no error";
}

describe("checkFile", () => {
  test("returns the content with defaults filled in", () => {
    expect(checkFile(demands, "d.json", "demands").demands[0]).toEqual({ ...demands.demands[0], percentile: 0.99 });
  });

  test("allows the link by which editors find the schema, and leaves it out", () => {
    expect(checkFile({ $schema: "./demands.schema.json", ...demands }, "d.json")).not.toHaveProperty("$schema");
  });

  const kinds = `${fileKindNames.map((kind) => `"${kind}"`).join(", ")}; check that this is a partitune file`;
  test.each([
    [
      "a missing field",
      changed((copy) => Reflect.deleteProperty(copy.demands[1]!, "deadlineSeconds")),
      'd.json: field "demands[1].deadlineSeconds" is missing, expected a number; add it',
    ],
    [
      "an unknown field, with the nearest known one",
      changed((copy) => {
        copy.demands[0] = { workload: "r", ratePerSecond: 1, deadline: 1 } as never;
      }),
      'd.json: field "demands[0].deadline" is not known; did you mean "deadlineSeconds"? (1 more field is wrong)',
    ],
    [
      "an unknown field that is near to none",
      changed((copy) => {
        Object.assign(copy, { colour: "red" });
      }),
      'd.json: field "colour" is not known; remove it, or use one of "kind", "version", "made", "demands"',
    ],
    [
      "a number out of range",
      changed((copy) => {
        copy.demands[1]!.percentile = 95;
      }),
      'd.json: field "demands[1].percentile" is 95, expected a number of at most 1; correct it',
    ],
    [
      "a number that is not positive",
      changed((copy) => {
        copy.demands[0]!.deadlineSeconds = 0;
      }),
      'd.json: field "demands[0].deadlineSeconds" is 0, expected a number above 0; correct it',
    ],
    [
      "text where a number was expected",
      changed((copy) => {
        copy.demands[0]!.ratePerSecond = "20/s" as never;
      }),
      'd.json: field "demands[0].ratePerSecond" is "20/s", expected a number; correct it',
    ],
    [
      "an empty list",
      changed((copy) => {
        copy.demands = [];
      }),
      'd.json: field "demands" is an empty list, expected at least one entry; correct it',
    ],
    [
      "a name with a control character",
      changed((copy) => {
        copy.demands[0]!.workload = "a\u001b[2Jb";
      }),
      'd.json: field "demands[0].workload" is "a\\x1b[2Jb", expected a name without control characters; correct it',
    ],
    [
      "a newer version",
      { ...demands, version: 2 },
      'd.json: field "version" is 2, newer than the demands files this partitune reads (1); update partitune, or make the file again with this one',
    ],
    [
      "a version of the wrong type",
      { ...demands, version: "1" },
      'd.json: field "version" is "1", expected 1; correct it',
    ],
    ["no kind", { demands: [] }, `d.json: field "kind" is missing, expected one of ${kinds}`],
    ["another program's kind", { kind: 7 }, `d.json: field "kind" is 7, expected one of ${kinds}`],
    ["a list", [], `d.json: field "kind" is missing, expected one of ${kinds}`],
  ])("explains %s", (_, value, message) => {
    expect(messageOf(value)).toBe(message);
  });

  test("suggests the kind that was meant", () => {
    expect(messageOf({ kind: "demand" })).toMatch(/did you mean "demands"\?$/);
  });

  test("says when a file of another kind was given", () => {
    expect(messageOf(demands, "plan")).toBe('d.json: the file is of kind "demands", expected "plan"; give a plan file');
  });

  test("names the field inside the form that a union takes", () => {
    const { measurements: _, ...header } = exampleProfile;
    const wrong = { ...header, device: { ...header.device, defaultPartition: { kind: "cpu-share", shares: 1 } } };
    expect(messageOf(wrong)).toMatch(/field "device.defaultPartition.shares" is not known; did you mean "share"\?/);
  });

  test("lists the forms of a union when none is meant", () => {
    const { measurements: _, ...header } = exampleProfile;
    const wrong = { ...header, device: { ...header.device, defaultPartition: { kind: "gpu" } } };
    expect(messageOf(wrong)).toBe(
      'd.json: field "device.defaultPartition.kind" is "gpu", expected "whole", "cpu-share", "core-set", "mps-share", "mig", "sm-partition" or "green-context"; correct it',
    );
  });

  test("survives content nested more deeply than it can follow", () => {
    const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
    expect(messageOf({ ...demands, kind: "surrogate", fits: [{ parameters: deep }] })).not.toBe("no error");
  });

  test("refuses whatever is not one of our files with an InputError", () => {
    const almost = fc.dictionary(fc.constantFrom("kind", "version", "demands", "made", "__proto__"), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), almost),
        fc.constantFrom("workloads", "demands", "profile", "plan"),
        (value, kind) => {
          const content = typeof value === "object" && value !== null ? { ...value, kind } : value;
          expect(() => checkFile(content, "d.json")).toThrow(expect.objectContaining({ name: "InputError" }));
        },
      ),
    );
  });
});

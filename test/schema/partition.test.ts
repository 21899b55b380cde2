import { formatPartition, InputError, type Partition, parsePartition, partition } from "@partitune/schema";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([
  [{ kind: "whole" }, "whole"],
  [{ kind: "cpu-share", share: 0.25 }, "cpu-share:0.25"],
  [{ kind: "core-set", cores: [0, 3] }, "core-set:0+3"],
  [{ kind: "mps-share", share: 0.4 }, "mps-share:0.4"],
  [{ kind: "mig", profile: "3g.40gb" }, "mig:3g.40gb"],
  [{ kind: "mig", profile: "3g.40gb", start: 4 }, "mig:3g.40gb@4"],
  [{ kind: "mig", profile: "1g.10gb+me", start: 0 }, "mig:1g.10gb+me@0"],
  [{ kind: "mig", profile: "1g.24gb-me", start: 0 }, "mig:1g.24gb-me@0"],
  [{ kind: "mig", profile: "1g.24gb+me.all" }, "mig:1g.24gb+me.all"],
  [{ kind: "sm-partition", multiprocessors: 40 }, "sm-partition:40"],
  [{ kind: "green-context", multiprocessors: 16 }, "green-context:16"],
] satisfies readonly (readonly [Partition, string])[])("%o is written %s, and read back", (value, text) => {
  expect(formatPartition(value)).toBe(text);
  expect(parsePartition(text)).toEqual(value);
});

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const multiprocessors = fc.integer({ min: 1, max: 200 });
const anyPartition: fc.Arbitrary<Partition> = fc.oneof(
  fc.constant<Partition>({ kind: "whole" }),
  share.map((value): Partition => ({ kind: "cpu-share", share: value })),
  share.map((value): Partition => ({ kind: "mps-share", share: value })),
  multiprocessors.map((n): Partition => ({ kind: "sm-partition", multiprocessors: n })),
  multiprocessors.map((n): Partition => ({ kind: "green-context", multiprocessors: n })),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 999 }), fc.constantFrom("", "+me", "+gfx", "-me"))
    .map(([g, gb, extension]): Partition => ({ kind: "mig", profile: `${g}g.${gb}gb${extension}` })),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 7 }))
    .map(([g, start]): Partition => ({ kind: "mig", profile: `${g}g.10gb`, start })),
);

test("every partition is read back from its text", () => {
  fc.assert(
    fc.property(anyPartition, (value) => {
      expect(partition.safeParse(value).success).toBe(true);
      expect(parsePartition(formatPartition(value))).toEqual(value);
    }),
  );
});

test.each([
  ["", "is of no known kind"],
  ["gpu:1", "is of no known kind (whole, cpu-share, core-set, mps-share, mig, sm-partition, green-context)"],
  ["toString:1", "is of no known kind"],
  ["whole:1", 'cannot be read; write "whole"'],
  ["mps-share:40", 'cannot be read; write "mps-share:0.4" (a fraction of all multiprocessors)'],
  ["mps-share:", "cannot be read"],
  ["mps-share:0", "cannot be read"],
  ["mig:", 'cannot be read; write "mig:3g.40gb" or, with its first memory slice, "mig:3g.40gb@4"'],
  ["mig:3g", "cannot be read"],
  ["mig:0g.40gb", "cannot be read"],
  ["mig:3g.40gb@", "cannot be read"],
  ["mig:3g.40gb@-1", "cannot be read"],
  ["mig:3g.40gb@4@4", "cannot be read"],
  ["mig:$(reboot)@0", "cannot be read"],
  ["mig:3g.40gb; reboot", "cannot be read"],
  ["mig:3g.40gb\n@4", "cannot be read"],
  ["sm-partition:0", 'cannot be read; write "sm-partition:40" (multiprocessors)'],
  ["sm-partition:1.5", "cannot be read"],
  ["green-context:x", "cannot be read"],
])("%j is no partition, and the message says how to write one", (text, message) => {
  expect(() => parsePartition(text)).toThrow(InputError);
  expect(() => parsePartition(text)).toThrow(message);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { splitCsvLine } from "../../../../packages/profiler/src/importers/kernels/splitCsvLine.ts";

test.each([
  ["a,b", ["a", "b"]],
  ["", [""]],
  ['1,"f<int, 2>(a ""x"")",', ["1", 'f<int, 2>(a "x")', ""]],
  ['"1,234",5" disk', ["1,234", '5" disk']],
  ['"",x', ["", "x"]],
  ['"open', undefined],
  ['"a"b,c', undefined],
])("%s", (line, expected) => {
  expect(splitCsvLine(line)).toEqual(expected);
});

test("what is quoted is read back", () => {
  const field = fc.string({ unit: fc.constantFrom("a", ",", '"', " ") });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const line = fields.map((each) => `"${each.replaceAll('"', '""')}"`).join(",");
      expect(splitCsvLine(line)).toEqual(fields);
    }),
  );
});

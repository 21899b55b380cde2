import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KernelFormat, kernelImporters } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../fixtures/temporaryFolder.ts";
import { tracesOf, writeInto } from "./handWritten.ts";
import { made } from "./syntheticKineto.ts";

// Hand-written, one of each text format.
const texts: Readonly<Partial<Record<KernelFormat, string>>> = {
  orion: "Name,Profile,Memory_footprint,SM_usage,Duration\nConv,1,0,49,26688\nBatch,Norm,0,0,3,1000\n",
  reef: JSON.stringify({ kernels: [{ name: "a", launch_params: [1, 1, 1, 64, 1, 1] }] }),
  onnxruntime: `[
{"cat" : "Node","pid" :1,"tid" :1,"dur" :67,"ts" :7009,"ph" : "X","name" :"mm_kernel_time","args" : {"op_name" : "MatMul"}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :5,"ts" :7100,"ph" : "X","name" :"add_kernel_time","args" : {"op_name" : "Add"}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :174,"ts" :6996,"ph" : "X","name" :"model_run","args" : {}}
]`,
  "nsys-csv": `Start (ns),Duration (ns),CorrId,GrdX,GrdY,GrdZ,BlkX,BlkY,BlkZ,Device,Ctx,Strm,Name
100,20,1,1,1,1,64,1,1,GPU (0),1,7,"f(int, int)"
200,30,2,1,1,1,64,1,1,GPU (0),1,7,g
`,
};

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  remove: fc.nat(40),
  insert: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("-", "1e9", '"', "\0", "\n", "null", "[]", "{}", ",,")),
});

describe("whatever happens to the text of a file, the answer is sound traces, nothing to import, or bad input", () => {
  test.each(Object.entries(texts))("%s", async (format, text) => {
    const folder = temporaryFolder();
    const profile = { model_latency: 50, kernel_latency: { a: { total_latency: 40, latency: [30] } } };
    writeInto(folder, "damaged.profile.json", JSON.stringify(profile));
    const path = join(folder, "damaged.json");
    const { read } = kernelImporters[format as KernelFormat];
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { maxLength: 3 }), fc.boolean(), async (damages, wholeTrace) => {
        const damaged = damages.reduce((left, { at, remove, insert }) => {
          const place = Math.floor(at * left.length);
          return left.slice(0, place) + insert + left.slice(place + remove);
        }, text);
        writeFileSync(path, damaged);
        try {
          const reading = await read(path, { task: "damaged", made, wholeTrace });
          if (reading.status === "read") expect(tracesOf(reading).length).toBeGreaterThan(0);
          else expect(reading.reason).toContain("damaged.json");
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

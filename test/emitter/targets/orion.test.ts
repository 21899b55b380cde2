import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmitOptions, emit, toOrionCsv } from "@partitune/emitter";
import type { KernelTrace } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { readOrion } from "../../../packages/profiler/src/importers/kernels/orion.ts";
import { root } from "../../readSources.ts";
import { kernelsMade as made, syntheticKernels } from "../../surrogate/fixtures/syntheticKernels.ts";
import { hostileText } from "../fixtures/hostileText.ts";

const options: EmitOptions = { name: "desk", home: "/opt/partitune", directory: "/home/me" };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function traceOf(changes: Partial<KernelTrace> = {}): KernelTrace {
  return syntheticKernels(
    [
      [
        [0, 100, 5, 1],
        [1, 7, 0, 0],
        [0, 300, 0, 0],
      ],
      [
        [0, 120, 5, 1],
        [1, 8, 0, 0],
        [0, 310, 0, 0],
      ],
      [
        [0, 110, 5, 1],
        [1, 9, 0, 0],
        [0, 320, 0, 0],
      ],
    ],
    {
      identities: [
        { name: "gemm<float, 4>", grid: [10, 2, 1], block: [256, 1, 1] },
        { name: "Memcpy HtoD (Pageable -> Device)", grid: null, block: null },
      ],
      ...changes,
    },
  );
}

/** As Orion does: a header, then rows that are cut at every comma. */
function readAsOrion(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split(","));
}

async function importOrion(text: string): Promise<KernelTrace> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-orion-"));
  folders.push(folder);
  writeFileSync(join(folder, "kernels"), text);
  const reading = await readOrion(join(folder, "kernels"), { task: "again", made } as Parameters<typeof readOrion>[1]);
  if (reading.status !== "read") throw new Error("not read");
  return reading.traces[0]!.trace;
}

describe("Orion's table", () => {
  test("has a row for each kernel of the last step in its order, the median duration, and none for copies", () => {
    expect(toOrionCsv(traceOf({ needs: [3, null], profiles: [1, -1] }))).toEqual({
      text: "Name,Profile,Memory_footprint,SM_usage,Duration\ngemm<float; 4>,1,0,3,110\ngemm<float; 4>,1,0,3,310\n",
      rows: 2,
      assumedNeeds: 0,
      unknownProfiles: 0,
      withoutNeeds: 0,
    });
  });

  test("takes the number of blocks where needs are not known, and all multiprocessors where there are no blocks", () => {
    const { text, assumedNeeds, unknownProfiles } = toOrionCsv(traceOf());
    expect(readAsOrion(text).map((row) => row.slice(1))).toEqual([
      ["-1", "0", "20", "110"],
      ["-1", "0", "20", "310"],
    ]);
    expect([assumedNeeds, unknownProfiles]).toEqual([2, 2]);
    const operators = traceOf({ identities: [{ name: "Conv", grid: null, block: null }, traceOf().identities[1]!] });
    expect(readAsOrion(toOrionCsv(operators).text)[0]).toEqual(["Conv", "-1", "0", "80", "110"]);
  });

  test("is five whole fields a row, whatever kernels are called", () => {
    fc.assert(
      fc.property(hostileText(1), (name) => {
        const identities = [{ name, grid: [1, 1, 1], block: [1, 1, 1] } as const, traceOf().identities[1]!];
        const { text, rows } = toOrionCsv(traceOf({ identities }));
        expect(readAsOrion(text)).toHaveLength(rows);
        for (const [own, ...numbers] of readAsOrion(text)) {
          expect(own).not.toBe("");
          expect(numbers.map((number) => /^-?\d+$/.test(number))).toEqual([true, true, true, true]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("is read again by the importer as the same chain", async () => {
    const trace = await importOrion(toOrionCsv(traceOf({ needs: [3, null], profiles: [1, -1] })).text);
    expect(trace.steps[0]!.durations).toEqual([110, 310]);
    expect(trace.needs).toEqual([3]);
    expect(trace.profiles).toEqual([1]);
  });

  const published = join(root, "../shared/data/orion/mobilenetv2_4_fwd.csv");
  test.skipIf(!existsSync(published))("of an imported file of Orion is that file", async () => {
    const text = readFileSync(published, "utf8");
    const { text: again, rows } = toOrionCsv(await importOrion(text));
    const columns = (table: string) => readAsOrion(table).map(([name, , , need, duration]) => [name, need, duration]);
    expect(columns(again)).toEqual(columns(text));
    expect(rows).toBe(152);
  });
});

describe("the target orion", () => {
  test("says how many kernels there are, who comes last, and what was assumed", () => {
    const emission = emit(traceOf(), "orion", options);
    if (emission.status === "refused") throw new Error("refused");
    expect(emission.files.map(({ path }) => path)).toEqual(["kernels", "README.md"]);
    const readme = emission.files[1]!.content;
    for (const words of ['"num_kernels": 2,', "comes last", "SM_usage of 2 rows", "Profile of 2 rows", "synthetic"])
      expect(readme).toContain(words);
    expect(emission.warnings.map(({ code }) => code)).toEqual(["needs-assumed", "profiles-unknown", "synthetic"]);
  });

  test("warns of nothing that is known", () => {
    const emission = emit(traceOf({ needs: [3, null], profiles: [1, -1], synthetic: false }), "orion", options);
    expect(emission).toMatchObject({ status: "emitted", warnings: [] });
  });

  test("refuses operators of which nothing is known, and tasks that only copy", () => {
    const [, copy] = traceOf().identities;
    const operators = traceOf({
      identities: [{ name: "Conv", grid: null, block: null }, copy!],
      multiprocessors: null,
    });
    expect(emit(operators, "orion", options)).toMatchObject({
      status: "refused",
      refusals: [{ cause: "nothing tells how many multiprocessors 2 of its 2 operators need" }],
    });
    expect(emit(traceOf({ identities: [copy!, copy!] }), "orion", options)).toMatchObject({
      status: "refused",
      refusals: [{ cause: "its last step has no operator beside copies and memsets" }],
    });
  });

  test("refuses operations of no identity", () => {
    expect(() => emit(traceOf({ identities: traceOf().identities.slice(0, 1) }), "orion", options)).toThrow(
      'trace of "urgent" names identity 1 of 1',
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { datatypeNames, fitsJson } from "../../../packages/profiler/src/kserve/datatypes.ts";
import { inferRequest } from "../../../packages/profiler/src/kserve/inferRequest.ts";
import {
  type KServeEngine,
  planServedInputs,
  type ServedModel,
} from "../../../packages/profiler/src/kserve/servedModel.ts";
import { readTensors, toJsonData } from "../fixtures/kserve/tensorCodec.ts";

const engine: KServeEngine = { engine: "kserve", url: "http://h:1", model: "a model/ü" };

function modelOf(datatype: string, shape: readonly number[] = [-1, 3], more: Partial<ServedModel> = {}): ServedModel {
  return { name: "m", platform: "", versions: ["1"], inputs: [{ name: "x", datatype, shape }], outputs: [], ...more };
}

function requestFor(model: ServedModel, batch: number, isBinary = true, seed = "s", named: KServeEngine = engine) {
  const request = inferRequest(
    { engine: named, model, plan: planServedInputs(model, named, isBinary), isBinary, seed },
    batch,
  );
  const length = request.headers[request.headers.indexOf("inference-header-content-length") + 1];
  const tensors = readTensors(Buffer.from(request.body!), isBinary ? Number(length) : undefined, "inputs");
  return { ...request, tensors };
}

describe("inferRequest", () => {
  test.each(datatypeNames)("fills tensors of %s in binary form, as many values as the shape asks for", (datatype) => {
    const [tensor] = requestFor(modelOf(datatype), 2).tensors;
    expect(tensor).toMatchObject({ name: "x", datatype, shape: [2, 3] });
  });

  test.each(datatypeNames.filter(fitsJson))("says the same of %s in JSON", (datatype) => {
    const [binary] = requestFor(modelOf(datatype), 2).tensors;
    const [json] = requestFor(modelOf(datatype), 2, false).tensors;
    expect(toJsonData(json!)).toEqual(toJsonData(binary!));
  });

  test("holds numbers of magnitude one, in half precisions as well", () => {
    const half = new Uint16Array(new Uint8Array(requestFor(modelOf("FP16"), 4).tensors[0]!.bytes).buffer);
    expect([...half].every((bits) => (bits & 0x7c00) === 0x3800)).toBe(true);
    const brain = new Uint16Array(new Uint8Array(requestFor(modelOf("BF16"), 4).tensors[0]!.bytes).buffer);
    const values = new Float32Array(Uint32Array.from(brain, (bits) => bits << 16).buffer);
    expect([...values].every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(8);
  });

  test("is the same for the same seed, and another for another", () => {
    const bodyOf = (seed: string) => Buffer.from(requestFor(modelOf("FP32"), 3, true, seed).body!).toString("hex");
    expect(bodyOf("s")).toBe(bodyOf("s"));
    expect(bodyOf("s")).not.toBe(bodyOf("t"));
  });

  test("encodes names, and names versions", () => {
    expect(requestFor(modelOf("FP32"), 1).path).toBe("/v2/models/a%20model%2F%C3%BC/infer");
    const versioned = requestFor(modelOf("FP32"), 1, true, "s", { ...engine, modelVersion: "2" });
    expect(versioned.path).toBe("/v2/models/a%20model%2F%C3%BC/versions/2/infer");
  });

  test("asks for binary outputs where inputs are binary", () => {
    const { headers, body } = requestFor(modelOf("FP32"), 1);
    expect(headers).toContain("application/octet-stream");
    expect(Buffer.from(body!).toString()).toContain('"binary_data_output":true');
  });

  test("refuses batches that the server or the model does not take", () => {
    expect(() => requestFor(modelOf("FP32", [-1, 3], { largestBatch: 8 }), 9)).toThrow(
      "the server takes batches of at most 8",
    );
    expect(() => requestFor(modelOf("FP32", [4, 3]), 5)).toThrow('model "m" is built for batch 4');
    expect(requestFor(modelOf("FP32", [4, 3]), 4).tensors[0]!.shape).toEqual([4, 3]);
  });

  test("has every size of any model whose open sizes are given", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (sizes, batch, open) => {
          const model = modelOf("INT8", [-1, ...sizes.map((size) => (open ? -1 : size))]);
          const given = open ? { ...engine, shapes: { x: sizes } } : engine;
          expect(requestFor(model, batch, true, "s", given).tensors[0]!.shape).toEqual([batch, ...sizes]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("planServedInputs", () => {
  test.each([
    [
      modelOf("FP32", [-1, -1, 224]),
      engine,
      true,
      /input "x" \[batch, \?, 224\] of model "m" leaves dimensions open; give all its sizes/,
    ],
    [modelOf("FP32", [-1, 3]), { ...engine, shapes: { z: [3] } }, true, 'names no input of model "m"'],
    [modelOf("COMPLEX"), engine, true, 'has input "x" of type "COMPLEX", which the protocol does not know'],
    [modelOf("FP16"), engine, false, 'has input "x" of type "FP16", which JSON cannot hold'],
    [modelOf("FP32", [-1], { inputs: [] }), engine, true, "has no inputs"],
  ] as const)("refuses %j", (model, named, isBinary, message) => {
    expect(() => planServedInputs(model, named, isBinary)).toThrow(message);
  });
});

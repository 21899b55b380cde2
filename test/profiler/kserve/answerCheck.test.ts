import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerCheck } from "../../../packages/profiler/src/kserve/answerCheck.ts";
import type { AnswerReader } from "../../../packages/profiler/src/kserve/connection.ts";
import type { ServedModel } from "../../../packages/profiler/src/kserve/servedModel.ts";
import { type Tensor, writeOutputs } from "../fixtures/kserve/tensorCodec.ts";

const tensor = (name: string) => ({ name, datatype: "FP32", shape: [-1, 2] });
const model: ServedModel = { name: "m", platform: "", versions: [], inputs: [tensor("x")], outputs: [tensor("y")] };

function output(batch: number, more: Partial<Tensor> = {}): Tensor {
  return { name: "y", datatype: "FP32", shape: [batch, 2], bytes: Buffer.alloc(batch * 8), ...more };
}

/** What a reader says of a body, given as the connection would. */
function judge(reader: AnswerReader, body: Buffer, jsonLength = Number.NaN, length = body.length) {
  const head = { length, jsonLength };
  const wanted = reader.begin(head);
  return { wanted, problem: reader.finish(head, body.subarray(0, wanted), body.length)?.message };
}

function good(batch: number, isBinary: boolean) {
  const { body, jsonLength } = writeOutputs("m", [output(batch)], isBinary);
  return { body, jsonLength: jsonLength ?? Number.NaN };
}

describe("answerCheck", () => {
  test.each([true, false])("takes an answer whose outputs have the batch (binary: %s)", (isBinary) => {
    const { body, jsonLength } = good(3, isBinary);
    expect(judge(answerCheck(model, 3), body, jsonLength).problem).toBeUndefined();
  });

  test("looks at a later answer of the same length only by its first byte, and in full at any other", () => {
    const reader = answerCheck(model, 3);
    const { body, jsonLength } = good(3, true);
    expect(judge(reader, body, jsonLength).wanted).toBe(jsonLength);
    expect(judge(reader, body, jsonLength)).toEqual({ wanted: 1, problem: undefined });
    expect(judge(reader, Buffer.alloc(body.length, "x"), jsonLength).problem).toContain("something else than before");
    const other = Buffer.from('{"outputs":[]}');
    expect(judge(reader, other)).toMatchObject({ problem: expect.stringContaining('no output "y"') });
  });

  test.each([
    ["no JSON", Buffer.from("<html>"), Number.NaN, '"<html>"'],
    ["JSON of something else", Buffer.from('{"predictions":[1]}'), Number.NaN, "predictions"],
    ["nothing", Buffer.alloc(0), Number.NaN, '""'],
    [
      "no output that the model promises",
      writeOutputs("m", [output(3, { name: "z" })], false).body,
      Number.NaN,
      'no output "y"',
    ],
    [
      "another batch",
      writeOutputs("m", [output(2)], false).body,
      Number.NaN,
      'output "y" of shape [2, 2] to a batch of 3',
    ],
    [
      "fewer values than its shape asks for",
      Buffer.from('{"outputs":[{"name":"y","shape":[3,2],"data":[1]}]}'),
      Number.NaN,
      "without its 6 values",
    ],
    ["a head longer than the body", Buffer.from("{}"), 1000, '"{}"'],
  ])("refuses %s", (_what, body, jsonLength, words) => {
    expect(judge(answerCheck(model, 3), body, jsonLength).problem).toContain(words);
  });

  test("refuses binary data of another length than the head announces", () => {
    const { body, jsonLength } = good(3, true);
    expect(judge(answerCheck(model, 3), body.subarray(0, -4), jsonLength).problem).toMatch(
      /bytes where its head announces/,
    );
  });

  test("takes nested lists of values, as some servers write them", () => {
    const body = Buffer.from('{"outputs":[{"name":"y","shape":[3,2],"data":[[1,2],[3,4],[5,6]]}]}');
    expect(judge(answerCheck(model, 3), body).problem).toBeUndefined();
  });

  test("does not keep more than it needs of a huge answer", () => {
    const reader = answerCheck(model, 3);
    expect(reader.begin({ length: 1e12, jsonLength: 200 })).toBe(200);
    expect(reader.begin({ length: 1e12, jsonLength: Number.NaN })).toBeLessThanOrEqual(2 ** 27);
    expect(reader.finish({ length: 1e12, jsonLength: Number.NaN }, Buffer.from("{"), 1e12)?.message).toContain(
      "more than 134217728 bytes of JSON",
    );
  });

  test("says of any bytes and any damage to an answer what is wrong, and never throws", () => {
    const { body, jsonLength } = good(3, true);
    const damaged = fc.tuple(fc.nat(body.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Buffer.from(body);
      copy[at] = byte;
      return copy;
    });
    const anything = fc.oneof(
      damaged,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(`{"outputs":[{"name":"y","shape":[3,2],"parameters":${text}}]}`)),
    );
    const head = fc.constantFrom(jsonLength, Number.NaN, 0, -1, 1e9);
    fc.assert(
      fc.property(anything, head, (bytes, length) => {
        const { problem } = judge(answerCheck(model, 3), bytes, length);
        expect(problem === undefined || problem.length > 10).toBe(true);
      }),
    );
  });
});

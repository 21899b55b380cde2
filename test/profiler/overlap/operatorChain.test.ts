import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openOperatorChain } from "@partitune/profiler";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Encoded,
  encode,
  messageField,
  packedVarintsField,
  textField,
  varintField,
} from "../../../packages/profiler/src/zoo/protobuf.ts";

const folder = await mkdtemp(join(tmpdir(), "partitune-overlap-"));
afterAll(() => rm(folder, { recursive: true }));

const zooFolder = join(folder, "zoo");

describe("a network of the zoo", () => {
  test("runs operator by operator to the same outputs as whole", async () => {
    const chain = await openOperatorChain({ model: "zoo:tiny@32", batch: 2, seed: "a", zooFolder });
    expect(chain.difference).toBeLessThan(1e-5);
    expect(chain.rows).toHaveLength(8);
    expect(chain.identities.map(({ name }) => name)).toEqual([
      "Conv 2x3x32x32 16x3x3x3",
      "Relu 2x16x16x16",
      "Conv 2x16x16x16 32x16x3x3",
      "Relu 2x32x16x16",
      "GlobalAveragePool 2x32x16x16",
      "Flatten 2x32x1x1",
      "Gemm 2x32 10x32",
      "Identity 2x10",
    ]);
    await chain.close();
  });

  test("can be run again and again, by several at once", async () => {
    const chain = await openOperatorChain({ model: "zoo:tiny@8", batch: 1, seed: "a", zooFolder });
    const run = chain.begin();
    for (let round = 0; round < 3; round++) for (let row = 0; row < chain.rows.length; row++) await run(row);
    const [one, other] = [chain.begin(), chain.begin()];
    for (let row = 0; row < chain.rows.length; row++) await Promise.all([one(row), other(row)]);
    await chain.close();
  });

  test("is cut into pieces of several operators, the last one shorter", async () => {
    const chain = await openOperatorChain({ model: "zoo:tiny@16", batch: 1, pieceLength: 3, seed: "a", zooFolder });
    expect(chain.rows).toHaveLength(3);
    expect(chain.identities[0]!.name).toBe("Conv+Relu+Conv 1x3x16x16 16x3x3x3 32x16x3x3");
    expect(chain.difference).toBeLessThan(1e-5);
    await chain.close();
  });

  test("takes large weights from the file beside it, and branches join again", async () => {
    const chain = await openOperatorChain({ model: "zoo:resnet18@32", batch: 1, pieceLength: 4, seed: "a", zooFolder });
    expect(chain.difference).toBeLessThan(1e-4);
    await chain.close();
  });
});

const float = 1;
const int64 = 7;
const operatorSet = messageField(8, encode(textField(1, ""), varintField(2, 17)));

function value(name: string, type: number, dimensions: readonly number[]) {
  const shape = encode(...dimensions.map((size) => messageField(1, varintField(1, size))));
  const tensor = encode(varintField(1, type), messageField(2, shape));
  return encode(textField(1, name), messageField(2, messageField(1, tensor)));
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: readonly Encoded[]
) {
  return messageField(
    1,
    encode(
      ...inputs.map((each) => textField(1, each)),
      ...outputs.map((each) => textField(2, each)),
      textField(4, operator),
      ...attributes.map((each) => messageField(5, each)),
    ),
  );
}

async function save(name: string, ...graph: readonly Encoded[]): Promise<string> {
  const model = encode(varintField(1, 8), messageField(7, encode(...graph)), operatorSet);
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, Buffer.concat(model.parts.filter((part) => part instanceof Uint8Array)));
  return path;
}

describe("a file of the user", () => {
  test("constants go along with every operator that uses them, and what nobody needs is left out", async () => {
    const shape = encode(
      textField(1, "value"),
      messageField(5, encode(packedVarintsField(1, [2]), varintField(2, int64), packedVarintsField(7, [2, 3]))),
      varintField(20, 4),
    );
    const model = await save(
      "constants",
      node("Constant", [], ["shape"], shape),
      node("Reshape", ["x", "shape"], ["a"]),
      node("Exp", ["x"], ["unused"]),
      node("Neg", ["x"], ["b"]),
      node("Reshape", ["b", "shape"], ["c"]),
      node("Add", ["a", "c"], ["y"]),
      textField(2, "constants"),
      messageField(11, value("x", float, [6])),
      messageField(12, value("y", float, [2, 3])),
    );
    const chain = await openOperatorChain({ model, batch: 6, seed: "a" });
    expect(chain.identities.map(({ name }) => name)).toEqual(["Reshape 6", "Neg 6", "Add 2x3 2x3"]);
    expect(chain.rows).toEqual([0, 1, 0, 2]);
    expect(chain.difference).toBe(0);
    await chain.close();
  });

  test("values that branches take from outside are handed on", async () => {
    const branch = (name: string, operator: string) =>
      encode(
        textField(1, name),
        messageField(
          6,
          encode(node(operator, ["a"], [name]), textField(2, name), messageField(12, value(name, float, [3]))),
        ),
        varintField(20, 5),
      );
    const model = await save(
      "branches",
      node("Neg", ["x"], ["a"]),
      node("ReduceSum", ["x"], ["sum"], encode(textField(1, "keepdims"), varintField(3, 0), varintField(20, 2))),
      node("Less", ["sum", "sum"], ["never"]),
      node("If", ["never"], ["y"], branch("then_branch", "Exp"), branch("else_branch", "Abs")),
      textField(2, "branches"),
      messageField(11, value("x", float, [3])),
      messageField(12, value("y", float, [3])),
    );
    const chain = await openOperatorChain({ model, batch: 3, seed: "a" });
    expect(chain.identities.map(({ name }) => name)).toEqual(["Neg 3", "ReduceSum 3", "Less scalar", "If scalar 3"]);
    expect(chain.difference).toBe(0);
    await chain.close();
  });

  test("a network that draws random numbers is refused: it cannot be compared", async () => {
    const model = await save(
      "random",
      node("RandomUniformLike", ["x"], ["noise"]),
      node("Add", ["x", "noise"], ["y"]),
      textField(2, "random"),
      messageField(11, value("x", float, [64])),
      messageField(12, value("y", float, [64])),
    );
    await expect(openOperatorChain({ model, batch: 64, seed: "a" })).rejects.toThrow("computes something else");
  });

  test("a file that is no model is refused", async () => {
    const path = join(folder, "text.onnx");
    await writeFile(path, "not a model");
    await expect(openOperatorChain({ model: path, batch: 1, seed: "a" })).rejects.toThrow("cannot be loaded");
  });

  test("a batch or a piece of no operators is refused", async () => {
    await expect(openOperatorChain({ model: "zoo:tiny", batch: 0, seed: "a", zooFolder })).rejects.toThrow("batch");
    await expect(
      openOperatorChain({ model: "zoo:tiny", batch: 1, pieceLength: 0.5, seed: "a", zooFolder }),
    ).rejects.toThrow("operators of a piece");
  });
});

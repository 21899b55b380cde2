import type { Fill, Graph } from "../graph.ts";
import { type GraphBuilder, graphBuilder } from "../graphBuilder.ts";

const vocabulary = 30522;
const longestSequence = 512;
const tokenTypes = 2;
const hidden = 768;
const heads = 12;
const headSize = hidden / heads;
const feedForward = 3072;
const layers = 12;

/** Standard deviation 0.02, as BERT's own initialiser; a uniform variable on [−b, b] has b/√3. */
const weights: Fill = { kind: "uniform", bound: 0.02 * Math.sqrt(3) };
const zeros: Fill = { kind: "constant", value: 0 };
const ones: Fill = { kind: "constant", value: 1 };

/**
 * BERT-base (Devlin et al. 2019), encoder and pooler as in the uncased checkpoint: 109,482,240 parameters. Token types are
 * all 0 and every token is attended to, which is what the usual implementations do when neither is given.
 *
 * @param sequence  tokens per request, 1 to 512
 */
export function bertBase(sequence: number): Graph {
  const builder = graphBuilder();
  let value = embeddings(builder, sequence);
  for (let layer = 0; layer < layers; layer++) value = encoderLayer(builder, `encoder.layer.${layer}`, value, sequence);
  const first = builder.apply("Gather", [value, index(builder, "pooler.first", 0)], { axis: 1 });
  const pooled = builder.apply("Tanh", [dense(builder, "pooler.dense", first, hidden, hidden)]);
  return builder.finish(
    "bert-base",
    [{ name: "input_ids", type: "int64", dimensions: ["batch", sequence] }],
    [
      { name: "last_hidden_state", type: "float32", dimensions: ["batch", sequence, hidden], of: value },
      { name: "pooler_output", type: "float32", dimensions: ["batch", hidden], of: pooled },
    ],
  );
}

function embeddings(builder: GraphBuilder, sequence: number): string {
  const words = builder.parameter("embeddings.word_embeddings.weight", [vocabulary, hidden], weights);
  const positions = builder.parameter("embeddings.position_embeddings.weight", [longestSequence, hidden], weights);
  const types = builder.parameter("embeddings.token_type_embeddings.weight", [tokenTypes, hidden], weights);
  const places = builder.fixed("embeddings.positions", [sequence], {
    kind: "integers",
    values: BigInt64Array.from({ length: sequence }, (_, i) => BigInt(i)),
  });
  const word = builder.apply("Gather", [words, "input_ids"]);
  const position = builder.apply("Gather", [positions, places]);
  const type = builder.apply("Gather", [types, index(builder, "embeddings.type", 0)]);
  const sum = builder.apply("Add", [builder.apply("Add", [word, type]), position]);
  return layerNormalization(builder, "embeddings.LayerNorm", sum);
}

function encoderLayer(builder: GraphBuilder, name: string, input: string, sequence: number): string {
  const attended = builder.apply("Add", [attention(builder, `${name}.attention`, input, sequence), input]);
  const normed = layerNormalization(builder, `${name}.attention.output.LayerNorm`, attended);
  const inner = gelu(builder, name, dense(builder, `${name}.intermediate.dense`, normed, hidden, feedForward));
  const outer = dense(builder, `${name}.output.dense`, inner, feedForward, hidden);
  return layerNormalization(builder, `${name}.output.LayerNorm`, builder.apply("Add", [outer, normed]));
}

/** Multi-head scaled dot-product attention and its output projection; N × S × 768 in and out. */
function attention(builder: GraphBuilder, name: string, input: string, sequence: number): string {
  const split = shape(builder, `${name}.split`, [0, sequence, heads, headSize]);
  const join = shape(builder, `${name}.join`, [0, sequence, hidden]);
  const scale = builder.fixed(`${name}.scale`, [], { kind: "constant", value: Math.sqrt(headSize) });
  const project = (part: string, order: readonly number[]): string => {
    const projected = dense(builder, `${name}.self.${part}`, input, hidden, hidden);
    return builder.apply("Transpose", [builder.apply("Reshape", [projected, split])], { perm: order });
  };
  const scores = builder.apply("MatMul", [project("query", [0, 2, 1, 3]), project("key", [0, 2, 3, 1])]);
  const share = builder.apply("Softmax", [builder.apply("Div", [scores, scale])], { axis: -1 });
  const mixed = builder.apply("MatMul", [share, project("value", [0, 2, 1, 3])]);
  const joined = builder.apply("Reshape", [builder.apply("Transpose", [mixed], { perm: [0, 2, 1, 3] }), join]);
  return dense(builder, `${name}.output.dense`, joined, hidden, hidden);
}

/** Gaussian error linear unit in its exact form, x·(1 + erf(x/√2))/2. */
function gelu(builder: GraphBuilder, name: string, input: string): string {
  const root = builder.fixed(`${name}.gelu.root`, [], { kind: "constant", value: Math.SQRT2 });
  const one = builder.fixed(`${name}.gelu.one`, [], { kind: "constant", value: 1 });
  const half = builder.fixed(`${name}.gelu.half`, [], { kind: "constant", value: 0.5 });
  const error = builder.apply("Erf", [builder.apply("Div", [input, root])]);
  return builder.apply("Mul", [builder.apply("Mul", [input, builder.apply("Add", [error, one])]), half]);
}

function dense(builder: GraphBuilder, name: string, input: string, from: number, to: number): string {
  const weight = builder.parameter(`${name}.weight`, [from, to], weights);
  const bias = builder.parameter(`${name}.bias`, [to], zeros);
  return builder.apply("Add", [builder.apply("MatMul", [input, weight]), bias]);
}

function layerNormalization(builder: GraphBuilder, name: string, input: string): string {
  const scale = builder.parameter(`${name}.weight`, [hidden], ones);
  const bias = builder.parameter(`${name}.bias`, [hidden], zeros);
  return builder.apply("LayerNormalization", [input, scale, bias], { axis: -1, epsilon: { float: 1e-12 } });
}

function index(builder: GraphBuilder, name: string, value: number): string {
  return builder.fixed(name, [], { kind: "integers", values: BigInt64Array.of(BigInt(value)) });
}

/** A target shape; 0 keeps the dimension of the input, here the batch. */
function shape(builder: GraphBuilder, name: string, sizes: readonly number[]): string {
  return builder.fixed(name, [sizes.length], { kind: "integers", values: BigInt64Array.from(sizes, BigInt) });
}

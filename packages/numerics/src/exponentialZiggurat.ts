/** Tables of the ziggurat for the standard exponential density: 256 layers of equal area under exp(−x). */
export interface ExponentialZiggurat {
  /** Right edge of each layer, 257 long, falling to 0; entry 0 is the width that gives the base layer, tail included, the common area. */
  readonly edges: Float64Array;
  /** Share of each layer's width that lies wholly under the density, 256 long. */
  readonly inside: Float64Array;
  /** The density at each edge, 257 long. */
  readonly densities: Float64Array;
  /** Where the tail starts. */
  readonly tail: number;
}

/** @see G. Marsaglia and W. W. Tsang, The Ziggurat Method for Generating Random Variables (2000), which gives both constants. */
const tail = 7.69711747013105;
const area = 0.003949659822581557;
const layers = 256;

export const exponentialZiggurat: ExponentialZiggurat = build();

function build(): ExponentialZiggurat {
  const edges = new Float64Array(layers + 1);
  edges[0] = area * Math.exp(tail);
  edges[1] = tail;
  for (let i = 2; i < layers; i++) edges[i] = -Math.log(Math.exp(-edges[i - 1]!) + area / edges[i - 1]!);
  const inside = new Float64Array(layers);
  for (let i = 0; i < layers; i++) inside[i] = edges[i + 1]! / edges[i]!;
  return { edges, inside, densities: edges.map((x) => Math.exp(-x)), tail };
}

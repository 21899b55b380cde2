import type { AttributeValue, Fill, Graph, GraphNode, GraphValue, StoredTensor } from "./graph.ts";

/** Collects the nodes and tensors of a graph while a network is written down layer by layer. */
export interface GraphBuilder {
  /** Adds an operator and returns the name of its output. */
  apply(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string;
  /** Adds a trainable parameter and returns its name. */
  parameter(name: string, dimensions: readonly number[], fill: Fill): string;
  /** Adds a fixed tensor and returns its name. */
  fixed(name: string, dimensions: readonly number[], fill: Fill): string;
  /** Ends the graph; `outputs` renames values of the graph to the names of its outputs. */
  finish(
    name: string,
    inputs: readonly GraphValue[],
    outputs: readonly (GraphValue & { readonly of: string })[],
  ): Graph;
}

/** A builder of an empty graph. */
export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = [];
  const tensors: StoredTensor[] = [];
  const store = (tensor: StoredTensor): string => {
    tensors.push(tensor);
    return tensor.name;
  };
  return {
    apply(operator, inputs, attributes = {}) {
      const output = `${operator}_${nodes.length}`;
      nodes.push({ operator, inputs, output, attributes });
      return output;
    },
    parameter: (name, dimensions, fill) => store({ name, dimensions, fill, trainable: true }),
    fixed: (name, dimensions, fill) => store({ name, dimensions, fill, trainable: false }),
    finish(name, inputs, outputs) {
      const identities = outputs.map((output) => ({
        operator: "Identity",
        inputs: [output.of],
        output: output.name,
        attributes: {},
      }));
      return {
        name,
        inputs,
        outputs: outputs.map(({ of: _, ...value }) => value),
        tensors,
        nodes: [...nodes, ...identities],
      };
    },
  };
}

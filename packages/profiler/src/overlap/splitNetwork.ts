import { InputError } from "@partitune/schema";
import type { Network, NetworkNode } from "./readNetwork.ts";

/** A part of a network that runs as one operation. */
export interface NetworkPiece {
  readonly nodes: readonly NetworkNode[];
  /** Values that other pieces, or the user, must have provided. */
  readonly inputs: readonly string[];
  /** Values that later pieces, or the user, need. */
  readonly outputs: readonly string[];
  /** Stored tensors that it uses. */
  readonly tensors: readonly string[];
  /** Nodes that are constants, for each piece that uses them. */
  readonly constants: readonly NetworkNode[];
  /** Values that nobody needs after it. */
  readonly lastUsed: readonly string[];
}

/**
 * Cuts a network into pieces of consecutive operators. Constants and stored tensors go along with every piece that uses them;
 * operators whose results nobody needs are left out.
 *
 * @param length  operators of a piece, at least 1; the last piece may be shorter
 * @throws InputError when an output of the network is computed by no operator
 */
export function splitNetwork(network: Network, length: number, name: string): readonly NetworkPiece[] {
  const results = new Set(network.outputs);
  const computed = neededNodes(network).filter((node) => !isConstant(node, results));
  const constants = new Map(
    network.nodes.filter((node) => isConstant(node, results)).map((node) => [node.outputs[0]!, node]),
  );
  checkOutputs(network, computed, name);
  const groups = Array.from({ length: Math.ceil(computed.length / length) }, (_, i) =>
    computed.slice(i * length, (i + 1) * length),
  );
  const lastUse = lastUses(groups);
  return groups.map((nodes, i) => {
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const taken = [...new Set(nodes.flatMap(({ inputs }) => inputs))].filter((value) => !made.has(value));
    const isNeededAfter = (value: string): boolean => results.has(value) || (lastUse.get(value) ?? -1) > i;
    const inputs = taken.filter((value) => !network.tensors.has(value) && !constants.has(value));
    return {
      nodes,
      inputs,
      outputs: [...made].filter(isNeededAfter),
      tensors: taken.filter((value) => network.tensors.has(value)),
      constants: taken.flatMap((value) => constants.get(value) ?? []),
      lastUsed: inputs.filter((value) => !isNeededAfter(value)),
    };
  });
}

function isConstant({ operator, inputs, outputs }: NetworkNode, results: ReadonlySet<string>): boolean {
  return operator === "Constant" && inputs.length === 0 && outputs.length === 1 && !results.has(outputs[0]!);
}

function neededNodes({ nodes, outputs }: Network): readonly NetworkNode[] {
  const needed = new Set(outputs);
  const kept: NetworkNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((value) => needed.has(value))) continue;
    kept.push(node);
    for (const value of node.inputs) needed.add(value);
  }
  return kept.reverse();
}

function checkOutputs({ outputs }: Network, nodes: readonly NetworkNode[], name: string): void {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const missing = outputs.find((value) => !made.has(value));
  if (missing === undefined && outputs.length > 0) return;
  throw new InputError({
    what: `model "${name}"`,
    problem: missing === undefined ? "has no outputs" : `has an output "${missing}" that no operator computes`,
    advice: "export it with outputs that are computed",
  });
}

/** Value → the last group that takes it. */
function lastUses(groups: readonly (readonly NetworkNode[])[]): ReadonlyMap<string, number> {
  return new Map(
    groups.flatMap((nodes, i) => nodes.flatMap(({ inputs }) => inputs.map((value) => [value, i] as const))),
  );
}

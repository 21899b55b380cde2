import type { AnswerHead, AnswerReader } from "./connection.ts";
import type { ServedModel } from "./servedModel.ts";
import type { ServerFailure } from "./serverFailure.ts";

/** An answer in JSON that is looked into is no longer than this; in binary form only its JSON is looked at. */
const mostBytes = 2 ** 27;

/**
 * Checks the answers to one request. The first is read in full: every output must be there, with the batch as its first dimension where that is open, and
 * with as much data as its shape asks for. Later ones of exactly the same length are taken for the same; others are read in full again.
 */
export function answerCheck(model: ServedModel, batch: number): AnswerReader {
  let known: AnswerHead | undefined;
  const isKnown = (head: AnswerHead) => head.length === known?.length && Object.is(head.jsonLength, known.jsonLength);
  return {
    begin: (head) => {
      if (isKnown(head)) return 1;
      return Number.isNaN(head.jsonLength) ? mostBytes : Math.min(head.jsonLength, mostBytes);
    },
    finish: (head, kept, length) => {
      if (isKnown(head)) {
        return kept[0] === openingBrace && length === head.length ? undefined : garbage("something else than before");
      }
      const problem = problemOf(head, kept, length, model, batch);
      if (problem !== undefined) return garbage(problem);
      if (head.length === length) known = head;
      return undefined;
    },
  };
}

const openingBrace = 123;

function garbage(what: string): ServerFailure {
  return { code: "garbage", message: `server answered with ${what}, which is no answer of the protocol`, final: true };
}

/** What is wrong with an answer, in words; undefined when nothing is. */
function problemOf(
  head: AnswerHead,
  kept: Buffer,
  length: number,
  model: ServedModel,
  batch: number,
): string | undefined {
  const isBinary = !Number.isNaN(head.jsonLength);
  if (!isBinary && length > kept.length) return `more than ${mostBytes} bytes of JSON`;
  const outputs = outputsOf(kept);
  if (outputs === undefined) return JSON.stringify(kept.toString("utf8", 0, 100));
  const missing = model.outputs.find(({ name }) => outputs.every((output) => output.name !== name));
  if (outputs.length === 0 || missing !== undefined)
    return `no output${missing === undefined ? "" : ` "${missing.name}"`}`;
  const binaryBytes = outputs.reduce((sum, { parameters }) => sum + (parameters?.binary_data_size ?? 0), 0);
  if (isBinary && head.jsonLength + binaryBytes !== length)
    return `${length} bytes where its head announces ${head.jsonLength + binaryBytes}`;
  return outputs.map((output) => problemOfOutput(output, model, batch)).find((problem) => problem !== undefined);
}

interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data?: readonly unknown[];
  readonly parameters?: { readonly binary_data_size?: number };
}

function outputsOf(json: Buffer): readonly Output[] | undefined {
  try {
    const { outputs } = JSON.parse(json.toString()) as { readonly outputs?: readonly Output[] };
    return Array.isArray(outputs) &&
      outputs.every((output) => typeof output?.name === "string" && Array.isArray(output.shape))
      ? outputs
      : undefined;
  } catch {
    return undefined;
  }
}

function problemOfOutput(
  { name, shape, data, parameters }: Output,
  model: ServedModel,
  batch: number,
): string | undefined {
  const promised = model.outputs.find((output) => output.name === name);
  if (promised?.shape[0] === -1 && shape[0] !== batch)
    return `output "${name}" of shape [${shape.join(", ")}] to a batch of ${batch}`;
  if (parameters?.binary_data_size !== undefined) return undefined;
  const values = shape.reduce((product, size) => product * size, 1);
  const isFlat = data !== undefined && !Array.isArray(data[0]);
  if (data === undefined || (isFlat && data.length !== values)) return `output "${name}" without its ${values} values`;
  return undefined;
}

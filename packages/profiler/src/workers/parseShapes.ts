import { InputError } from "@partitune/schema";

/** Dimensions of an input after the batch dimension. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/**
 * Sizes that a model leaves open, from texts such as "input=Nx3x224x224"; N is the batch dimension. Several inputs stand in
 * several texts or in one, separated by commas.
 *
 * @throws InputError when a text cannot be read
 */
export function parseShapes(texts: readonly string[]): Shapes {
  return Object.fromEntries(texts.flatMap((text) => text.split(/,(?=[^,=]+=)/)).map(parseShape));
}

function parseShape(text: string): [string, readonly number[]] {
  const parts = /^(?<name>.+)=N(?<sizes>(?:x[1-9]\d{0,8})*)$/.exec(text)?.groups;
  if (parts === undefined) {
    throw new InputError({
      what: `option --shape "${text}"`,
      problem: "cannot be read",
      advice: 'write the name of the input and its dimensions, N for the batch, e.g. "input=Nx3x224x224"',
    });
  }
  return [parts.name!, parts.sizes!.split("x").slice(1).map(Number)];
}

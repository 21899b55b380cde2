import { InputError } from "@partitune/schema";
import type { PowerModel } from "./parseNvpmodel.ts";

/**
 * A board's file with further power models, between two comments that name whose they are, before the default that ends the
 * modes. Modes that were put there before under the same id are replaced, so patching twice changes nothing.
 *
 * @param id  whose modes they are: lower-case letters, digits and dashes
 * @throws InputError when the file has no PM_CONFIG section, or begins such a patch without ending it
 */
export function patchNvpmodel(text: string, id: string, models: readonly PowerModel[]): string {
  const original = unpatchNvpmodel(text, id);
  if (models.length === 0) return original;
  const place = /^<\s*PM_CONFIG\b/m.exec(original)?.index;
  if (place === undefined) throw bad("has no PM_CONFIG section");
  const block = [beginOf(id), ...models.flatMap(modelLines), endOf(id), ""].join("\n");
  return original.slice(0, place) + block + original.slice(place);
}

/**
 * The file without what {@link patchNvpmodel} put there under this id; to the byte what it was before.
 *
 * @throws InputError when the patch has a beginning and no end
 */
export function unpatchNvpmodel(text: string, id: string): string {
  const lines = text.split("\n");
  const begin = lines.indexOf(beginOf(id));
  if (begin < 0) return text;
  const end = lines.indexOf(endOf(id), begin);
  if (end < 0) throw bad(`begins the modes of "${id}" and does not end them`);
  return unpatchNvpmodel([...lines.slice(0, begin), ...lines.slice(end + 1)].join("\n"), id);
}

function modelLines({ id, name, settings }: PowerModel): readonly string[] {
  const lines = settings.map(({ parameter, argument, value }) => `${parameter} ${argument} ${value}`);
  return [`< POWER_MODEL ID=${id} NAME=${name} >`, ...lines, ""];
}

function beginOf(id: string): string {
  return `# partitune begin ${id}`;
}

function endOf(id: string): string {
  return `# partitune end ${id}`;
}

function bad(problem: string): InputError {
  return new InputError({ what: "nvpmodel.conf", problem, advice: "restore the board's own file" });
}

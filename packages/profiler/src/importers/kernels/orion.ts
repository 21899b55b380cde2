import { basename } from "node:path";
import { InputError, type KernelTrace } from "@partitune/schema";
import { chainTrace } from "./chainTrace.ts";
import type { FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { readTextLines } from "./readTextLines.ts";
import { refuseChoices } from "./refuseChoices.ts";

const header = "Name,Profile,Memory_footprint,SM_usage,Duration";

/** The first line names exactly the columns of Orion's operators. */
export function recogniseOrion({ text }: FileHead): boolean {
  return (
    text
      .replace(/^\u00ef\u00bb\u00bf/, "")
      .split(/\r?\n/, 1)[0]!
      .trim() === header
  );
}

/**
 * The chain of operators in a profile of Orion: execution times (ns), the multiprocessors each needs, and what bounds it. Such
 * profiles hold no idle times, no copies and no geometry. Names hold commas without quotes, so fields count from the right.
 *
 * Operators are told apart by name and need: the identity is `NAME|smNEED`.
 *
 * @throws InputError naming the line of a row that is none, or of a duration below 0
 * @see Strati et al., Orion, EuroSys 2024; https://github.com/eth-easl/orion
 */
export async function readOrion(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  refuseChoices(path, options, "a profile of Orion");
  const operators = await readOperators(path);
  if (operators.length === 0)
    return { status: "empty", reason: `"${basename(path)}" holds no operator below its header` };
  const { identities, needs, profiles, indices, disputed } = tabulate(operators);
  const trace = chainTrace({
    file: basename(path),
    format: "orion",
    options,
    identities,
    chain: operators.map(({ duration }, i) => [indices[i]!, duration]),
    warnings: disputed === 0 ? [] : [disputedProfiles(basename(path), disputed)],
  });
  return { status: "read", traces: [{ device: null, trace: { ...trace, needs, profiles } }] };
}

interface Operator {
  readonly name: string;
  /** 1 bound by computing, 0 by memory, −1 not known. */
  readonly profile: number;
  readonly need: number;
  readonly duration: number;
}

async function readOperators(path: string): Promise<readonly Operator[]> {
  const operators: Operator[] = [];
  await readTextLines(path, (text, line) => {
    if (line > 1 && text.trim() !== "") operators.push(operatorOf(basename(path), text, line));
    else if (line === 1 && text.trim() !== header)
      throw wrong(basename(path), 1, "is not the header of Orion's columns");
  });
  return operators;
}

function operatorOf(file: string, text: string, line: number): Operator {
  const fields = /^(?<name>.*),(?<profile>[^,]*),[^,]*,(?<need>[^,]*),(?<duration>[^,]*)$/.exec(text)?.groups;
  if (fields === undefined) throw wrong(file, line, "has fewer than five fields");
  const [profile, need, duration] = [fields.profile, fields.need, fields.duration].map((field) =>
    /^\s*-?\d+(?:\.0*)?\s*$/.test(field!) ? Number(field) : Number.NaN,
  );
  if (![-1, 0, 1].includes(profile!))
    throw wrong(file, line, `has the profile "${fields.profile}", which is none of −1, 0, 1`);
  if (!(need! >= 0 && need! <= Number.MAX_SAFE_INTEGER))
    throw wrong(file, line, `has the SM_usage "${fields.need}", which is no whole number from 0 on`);
  if (!(duration! >= 0 && duration! <= Number.MAX_SAFE_INTEGER))
    throw wrong(file, line, `has the duration "${fields.duration}", which is no whole number of ns from 0 on`);
  return { name: fields.name!.trim() || "(no name)", profile: profile!, need: need!, duration: duration! };
}

/** Rows → identities. Where rows of one identity disagree about what bounds it, that is not known. */
function tabulate(operators: readonly Operator[]) {
  const indexOf = new Map<string, number>();
  const needs: (number | null)[] = [];
  const claimed: Set<number>[] = [];
  const indices = operators.map(({ name, profile, need }) => {
    const key = `${name}|sm${need}`;
    const index = indexOf.get(key) ?? needs.push(need === 0 ? null : need) - 1;
    indexOf.set(key, index);
    claimed[index] ??= new Set();
    claimed[index].add(profile);
    return index;
  });
  return {
    identities: [...indexOf.keys()].map((name) => ({ name, grid: null, block: null })),
    needs,
    profiles: claimed.map((profiles) => (profiles.size === 1 ? [...profiles][0]! : -1)),
    indices,
    disputed: claimed.filter(({ size }) => size > 1).length,
  };
}

function disputedProfiles(file: string, count: number): KernelTrace["warnings"][number] {
  return {
    code: "disputed-profiles",
    where: file,
    cause: `rows of one name and SM_usage state different profiles, in ${count} cases: what bounds these counts as not known`,
    advice: "take whether they may run beside others with care: an operator of unknown profile is kept away from none",
  };
}

function wrong(file: string, line: number, problem: string): InputError {
  return new InputError({
    what: "the row",
    problem,
    advice: `give a table with the columns ${header}`,
    where: { file, line },
  });
}

import { InputError } from "@partitune/schema";

/** Something that a power model can set: its arguments and the files behind them. */
export interface NvpmodelParameter {
  readonly name: string;
  /** Argument, such as MAX_FREQ or CORE_0 → path. */
  readonly paths: Readonly<Record<string, string>>;
}

/** One line of a power model. */
export interface NvpmodelSetting {
  readonly parameter: string;
  readonly argument: string;
  readonly value: string;
}

/** A power mode of the board. */
export interface PowerModel {
  readonly id: number;
  readonly name: string;
  readonly settings: readonly NvpmodelSetting[];
}

/** What a board's nvpmodel.conf says. */
export interface NvpmodelConf {
  readonly parameters: readonly NvpmodelParameter[];
  readonly models: readonly PowerModel[];
  /** The mode that the board boots into. */
  readonly defaultId: number;
}

interface Section {
  readonly head: string;
  readonly line: number;
  readonly lines: { readonly words: readonly string[]; readonly line: number }[];
}

/**
 * Reads a board's `/etc/nvpmodel.conf`: what can be set (`PARAM`), the modes (`POWER_MODEL`) and the default (`PM_CONFIG`). Comments
 * and other sections are passed over.
 *
 * @throws InputError with the line when a section cannot be read, two modes have one ID, a mode sets something undeclared, or
 *   there are no modes or no default
 * @see the head of the file itself, on the boards and in NVIDIA's driver package
 */
export function parseNvpmodel(text: string): NvpmodelConf {
  const sections = sectionsOf(text);
  const parameters = sections.flatMap((section) => (section.head.startsWith("PARAM ") ? [parameterOf(section)] : []));
  const models = sections.flatMap((section) => (section.head.startsWith("POWER_MODEL ") ? [modelOf(section)] : []));
  const defaults = sections.find(({ head }) => head.startsWith("PM_CONFIG "));
  if (defaults === undefined) throw bad(undefined, "names no default mode (PM_CONFIG DEFAULT)");
  if (models.length === 0) throw bad(undefined, "has no POWER_MODEL");
  checkModels(models, parameters);
  return { parameters, models, defaultId: idOf(defaults, "DEFAULT") };
}

function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const content = raw.trim();
    const line = index + 1;
    if (content === "" || content.startsWith("#")) continue;
    const head = /^<\s*(\S.*\S)\s*>$/.exec(content)?.[1];
    if (head !== undefined) sections.push({ head: head.replaceAll(/\s+/g, " "), line, lines: [] });
    else if (content.startsWith("<")) throw bad(line, `has a section "${content}" without an end`);
    else sections.at(-1)?.lines.push({ words: content.split(/\s+/), line });
  }
  return sections;
}

function parameterOf(section: Section): NvpmodelParameter {
  const paths = section.lines.map(({ words: [argument, path], line }) => {
    if (path?.startsWith("/")) return [argument!, path] as const;
    throw bad(line, `gives argument "${argument}" no absolute path`);
  });
  return { name: attribute(section, "NAME"), paths: Object.fromEntries(paths) };
}

function modelOf(section: Section): PowerModel {
  const settings = section.lines.map(({ words, line }) => {
    const [parameter, argument, value] = words;
    if (words.length === 3) return { parameter: parameter!, argument: argument!, value: value! };
    throw bad(line, `has "${words.join(" ")}" where PARAMETER ARGUMENT VALUE was expected`);
  });
  return { id: idOf(section, "ID"), name: attribute(section, "NAME"), settings };
}

function idOf(section: Section, name: string): number {
  const text = attribute(section, name);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw bad(section.line, `has ${name}=${text}, which is no number of a mode`);
}

function attribute({ head, line }: Section, name: string): string {
  const value = new RegExp(`(?:^| )${name}=(\\S+)`).exec(head)?.[1];
  if (value !== undefined) return value;
  throw bad(line, `has a section "${head}" without ${name}`);
}

function checkModels(models: readonly PowerModel[], parameters: readonly NvpmodelParameter[]): void {
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw bad(undefined, `has two power models of ID ${twice}`);
  const declared = new Set(parameters.map(({ name }) => name));
  for (const { name, settings } of models) {
    const unknown = settings.find(({ parameter }) => !declared.has(parameter));
    if (unknown !== undefined)
      throw bad(undefined, `sets "${unknown.parameter}" in mode ${name} and declares no such PARAM`);
  }
}

function bad(line: number | undefined, problem: string): InputError {
  return new InputError({
    what: line === undefined ? "nvpmodel.conf" : `nvpmodel.conf line ${line}`,
    problem,
    advice: "give the file of the board itself, /etc/nvpmodel.conf",
  });
}

/** Keys and values of a section, in order. */
export type Settings = readonly (readonly [string, string])[];

/** A unit file: its name below the folder of units, and settings in order. */
export interface Unit {
  readonly name: string;
  readonly sections: Readonly<Partial<Record<"Unit" | "Service" | "Install", Settings>>>;
}

/**
 * A unit file's text. In a description, the only place of a user's own words, a percent sign would begin a specifier and a backslash at the end
 * continue the line: the one is doubled, and no description ends in the other, since names stand in quotes.
 *
 * @see systemd.syntax(7); systemd.unit(5), specifiers
 */
export function writeUnit({ sections }: Unit): string {
  const texts = Object.entries(sections).map(([section, settings]) => {
    const lines = settings.map(([key, value]) => `${key}=${key === "Description" ? described(value) : value}\n`);
    return `[${section}]\n${lines.join("")}`;
  });
  return `# Generated: emit the plan anew instead of editing.\n\n${texts.join("\n")}`;
}

/** A process's number is the one specifier that is meant, at the very end. */
function described(text: string): string {
  const [, words, number] = /^(.*?)(, process %i)?$/su.exec(text)!;
  return `${words!.replaceAll("%", "%%")}${number ?? ""}`;
}

/** How one check ended. Lint and types count as one each. */
export interface Outcome {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it was skipped, or what went wrong. */
  readonly reason?: string;
}

/**
 * What is said at the end of a run: what failed, what was skipped and why, what to install so that less is skipped, and in the
 * last line the counts.
 *
 * @returns text whose last line reads `N passed, N failed, N skipped`
 */
export function summarise(outcomes: readonly Outcome[]): string {
  const of = (state: Outcome["state"]) => outcomes.filter((outcome) => outcome.state === state);
  const lines = [
    ...section("Failed:", of("failed")),
    ...section("Skipped:", of("skipped")),
    ...installLine(of("skipped")),
    `${of("passed").length} passed, ${of("failed").length} failed, ${of("skipped").length} skipped`,
  ];
  return `\n${lines.join("\n")}\n`;
}

function section(title: string, outcomes: readonly Outcome[]): readonly string[] {
  if (outcomes.length === 0) return [];
  return [
    title,
    ...outcomes.map(({ name, reason }) => `  ${name}${reason === undefined ? "" : `: ${oneLine(reason)}`}`),
    "",
  ];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 300);
}

/** Reasons name the Debian package that would help, as `apt-get install NAME` or `Debian package NAME`. */
const packageNamed = /(?:apt-get install|Debian package) ([a-z0-9][a-z0-9.+-]*)/g;

function installLine(skipped: readonly Outcome[]): readonly string[] {
  const named = skipped.flatMap(({ name, reason = "" }) => [...`${name} ${reason}`.matchAll(packageNamed)]);
  const packages = [...new Set(named.map(([, name]) => name!))].sort();
  return packages.length === 0 ? [] : [`To run more of them: apt-get install ${packages.join(" ")}`, ""];
}

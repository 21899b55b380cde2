import { printable } from "./printable.ts";

/**
 * Turns what the argument parser says into one line in our grammar: names in double quotes, what to do at the end.
 *
 * @param message  as the parser writes it
 * @param command  words that lead to the help, e.g. `partitune fit`
 * @example usageError("error: unknown option '--sed'\n(Did you mean --seed?)", "partitune fit")  // unknown option "--sed"; did you mean "--seed"?
 */
export function usageError(message: string, command: string): string {
  const [, said = message, meant] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?([^)]+)\?\))?$/s.exec(message.trim()) ?? [];
  const problem = printable(said)
    .replace(/\.$/, "")
    .replace(/ argument missing$/, " has no value")
    .replace(". Expected ", ", expected ")
    .replace(". Allowed choices are ", "; choose one of ")
    .replaceAll("'", '"');
  if (meant !== undefined) return `${problem}; did you mean ${meant.replaceAll(/[^\s,]+/g, '"$&"')}?`;
  return problem.includes("; choose one of ") ? problem : `${problem}; see ${command} --help`;
}

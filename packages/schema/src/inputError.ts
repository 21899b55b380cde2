/** What an input error says, part by part; the parts make one sentence. */
export interface InputProblem {
  /** The thing at fault, quoted: file, line, field, option. */
  readonly what: string;
  /** What is wrong with it, and what was expected. */
  readonly problem: string;
  /** What the user should do. */
  readonly advice: string;
  /** Where it stands, when it came from a file: path and, if known, the 1-based line. */
  readonly where?: { readonly file: string; readonly line?: number };
}

/**
 * Bad input: names the thing, what is wrong, and what to do. The command line prints the message alone and exits with 2.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly details: InputProblem;

  constructor(details: InputProblem) {
    const where = details.where === undefined ? "" : `${details.where.file}${lineOf(details.where.line)}: `;
    super(`${where}${details.what} ${details.problem}; ${details.advice}`);
    this.details = details;
  }
}

function lineOf(line: number | undefined): string {
  return line === undefined ? "" : ` line ${line}`;
}

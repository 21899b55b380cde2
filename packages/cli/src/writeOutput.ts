import { type FileContent, type FileKind, saveJson } from "@partitune/schema";

/** Where a command puts its result: a file, or stdout as JSON, or neither. */
export interface OutputOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Saves a result where the user asked for it. With `--json` it goes to stdout; with `--out` to a file, and one line on stderr
 * says so.
 */
export function writeOutput<K extends FileKind>(
  content: FileContent<K> & { readonly kind: K },
  options: OutputOptions,
): void {
  if (options.out !== undefined) {
    saveJson(options.out, content);
    process.stderr.write(`wrote ${options.out}\n`);
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(content)}\n`);
}

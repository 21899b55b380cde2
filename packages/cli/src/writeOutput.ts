import { checkWritable, type FileContent, type FileKind, saveJson } from "@partitune/schema";

/** Where a command puts its result: a file, or stdout as JSON, or neither. */
export interface OutputOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Finds out before the work whether its result can be saved.
 *
 * @throws InputError when the file could not be written
 */
export function checkOutput({ out }: OutputOptions): void {
  if (out !== undefined) checkWritable(out);
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
  if (options.json === true) printJson(content);
}

/** Data for programs: one line of JSON on stdout. */
export function printJson(content: unknown): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

/** The files a command wrote: one path a line, or a JSON list. */
export function printFiles(files: readonly string[], { json }: { readonly json?: boolean }): void {
  if (json === true) printJson(files);
  else process.stdout.write(files.map((file) => `${file}\n`).join(""));
}

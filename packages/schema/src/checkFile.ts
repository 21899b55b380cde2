import type { z } from "zod";
import { checkContent } from "./checkContent.ts";
import { describeFound } from "./describeFound.ts";
import { type FileContent, type FileKind, fileKindNames, fileKinds } from "./fileKinds.ts";
import { InputError } from "./inputError.ts";
import { nearest } from "./nearest.ts";

/** The kinds, typed so that the kind decides the content. */
const kinds: { readonly [K in FileKind]: { readonly schema: z.ZodType<FileContent<K>> } } = fileKinds;

/**
 * The content of a JSON file, checked: its kind, its version, every field. A `$schema` at the top, which editors read, is
 * allowed and left out.
 *
 * @param value  the parsed JSON
 * @param file  the file's name, for messages
 * @param kind  the kind wanted; any kind when absent
 * @throws InputError naming the file and the field, what was found, what was expected, what to do
 */
export function checkFile<K extends FileKind>(value: unknown, file: string, kind?: K): FileContent<K> {
  const content = withoutSchemaLink(value);
  const found = kindOf(content, file);
  if (kind !== undefined && found !== kind) throw wrongKind(file, found, kind);
  checkVersion(content, file, found);
  return checkContent<FileContent<K>>(kinds[found as K].schema, content, file);
}

function withoutSchemaLink(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return value;
  const { $schema, ...content } = value;
  return typeof $schema === "string" ? content : value;
}

function kindOf(content: unknown, file: string): FileKind {
  const found = fieldOf(content, "kind");
  if (fileKindNames.includes(found as FileKind)) return found as FileKind;
  const near = typeof found === "string" ? nearest(found, fileKindNames) : undefined;
  throw new InputError({
    what: 'field "kind"',
    problem: `is ${found === undefined ? "missing" : describeFound(found)}, expected one of ${fileKindNames.map((name) => `"${name}"`).join(", ")}`,
    advice: near === undefined ? "check that this is a partitune file" : `did you mean "${near}"?`,
    where: { file },
  });
}

function wrongKind(file: string, found: FileKind, wanted: FileKind): InputError {
  return new InputError({
    what: "the file",
    problem: `is of kind "${found}", expected "${wanted}"`,
    advice: `give a ${wanted} file`,
    where: { file },
  });
}

function checkVersion(content: unknown, file: string, kind: FileKind): void {
  const { version } = fileKinds[kind];
  const found = fieldOf(content, "version");
  if (typeof found !== "number" || found <= version) return; // the schema explains anything else
  throw new InputError({
    what: `field "version"`,
    problem: `is ${describeFound(found)}, newer than the ${kind} files this partitune reads (${version})`,
    advice: "update partitune, or make the file again with this one",
    where: { file },
  });
}

function fieldOf(content: unknown, field: string): unknown {
  return typeof content === "object" && content !== null ? Reflect.get(content, field) : undefined;
}

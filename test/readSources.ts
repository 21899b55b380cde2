import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The repository's root. */
export const root = join(import.meta.dirname, "..");

/** A TypeScript file of the project. */
export interface Source {
  /** Path from the root. */
  readonly path: string;
  /** Its text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** One import, export-from or dynamic import. */
export interface Import {
  readonly from: string;
  /** True when nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

/** All TypeScript files below a folder of the repository. */
export function readSources(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .map((entry) => readSource(join(entry.parentPath, entry.name)))
    .sort((a, b) => a.path.localeCompare(b.path));
}

function readSource(file: string): Source {
  const code = withoutComments(readFileSync(file, "utf8"));
  return { path: relative(root, file), code, imports: importsOf(code) };
}

/** Comments replaced by nothing. Sources are formatted, so that a line comment follows a space or begins its line. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

const staticImport = /^(?:import|export)\s(?<what>(?:[^;"']*?\sfrom\s)?)\s*"(?<from>[^"]+)"/gm;
const dynamicImport = /\bimport\(\s*"(?<from>[^"]+)"\s*\)/g;

function importsOf(code: string): readonly Import[] {
  const fixed = [...code.matchAll(staticImport)].map(({ groups }) => ({
    from: groups!.from!,
    typeOnly: groups!.what!.startsWith("type "),
  }));
  const late = [...code.matchAll(dynamicImport)].map(({ groups }) => ({ from: groups!.from!, typeOnly: false }));
  return [...fixed, ...late];
}

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { readSources, root, type Source } from "./readSources.ts";

/** What each package may import of the others: the floors. A package on one floor never imports its neighbour. */
const floors = {
  schema: [],
  numerics: [],
  surrogate: ["schema", "numerics"],
  solver: ["schema", "numerics"],
  simulator: ["schema", "numerics"],
  emitter: ["schema"],
  profiler: ["schema", "numerics", "emitter"],
  report: ["schema", "numerics"],
  cli: ["schema", "numerics", "surrogate", "solver", "simulator", "emitter", "profiler", "report"],
} as const satisfies Record<string, readonly string[]>;

type PackageName = keyof typeof floors;
const packageNames = Object.keys(floors) as readonly PackageName[];

/** Packages that touch the world, and so may ask it for the time. */
const clockOwners: readonly PackageName[] = ["profiler", "cli"];

/** Folders of interchangeable parts. Each index is one literal record, from which choices and error messages come. */
const shelves = [
  "emitter/src/targets",
  "profiler/src/cardGovernors",
  "profiler/src/devices",
  "profiler/src/executors",
  "profiler/src/governors",
  "profiler/src/importers",
  "profiler/src/importers/kernels",
  "profiler/src/overlapPolicies",
  "profiler/src/restorers",
  "profiler/src/workers/tensorflow/networks",
  "profiler/src/zoo/networks",
  "report/src/plots",
  "schema/src/migTables",
  "simulator/src/kernels",
  "simulator/src/sharing",
  "simulator/src/timeSharing",
  "solver/src/methods",
  "solver/src/optimisers",
  "solver/src/packing",
  "solver/src/problems",
  "solver/src/rules",
  "solver/src/schedulability",
  "solver/src/strategies",
  "surrogate/src/interference",
  "surrogate/src/models",
];

const sources = new Map(packageNames.map((name) => [name, readSources(join("packages", name, "src"))]));
const manifests = new Map(packageNames.map((name) => [name, manifestOf(join("packages", name))]));

interface Manifest {
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

function declaredBy(name: PackageName): readonly string[] {
  const { dependencies = {}, optionalDependencies = {} } = manifests.get(name)!;
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
}

/** The package an import names: `@partitune/schema`, `csv-parse` for `csv-parse/sync`; undefined for files and Node's own. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Lines "file: offence", so that a failure names every place at once. */
function offences(list: readonly Source[], offend: (source: Source) => readonly string[]): readonly string[] {
  return list.flatMap((source) => offend(source).map((offence) => `${source.path}: ${offence}`));
}

function matches(source: Source, pattern: RegExp): readonly string[] {
  return [...source.code.matchAll(pattern)].map(([match]) => match);
}

describe("the floors", () => {
  test("the table lists every package", () => {
    const folders = readdirSync(join(root, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual([...packageNames].sort());
  });

  test.each(packageNames)("%s imports only what its package.json declares", (name) => {
    const declared = declaredBy(name);
    const undeclared = offences(
      sources.get(name)!,
      ({ imports }) =>
        imports
          .map(({ from }) => packageOf(from))
          .filter((from) => from !== undefined && !declared.includes(from)) as string[],
    );
    expect(undeclared).toEqual([]);
  });

  test.each(packageNames)("%s declares only packages of lower floors, and says in a sentence what it is", (name) => {
    const siblings = declaredBy(name).filter((dependency) => dependency.startsWith("@partitune/"));
    const allowed = floors[name].map((floor) => `@partitune/${floor}`);
    expect(siblings.filter((sibling) => !allowed.includes(sibling))).toEqual([]);
    expect(manifests.get(name)!.description).toMatch(/\.$/);
  });

  test.each(packageNames)("%s declares no dependency that it does not name in its sources", (name) => {
    const text = sources
      .get(name)!
      .map((source) => source.code)
      .join("\n");
    const unused = declaredBy(name).filter((dependency) => !text.includes(`"${dependency}`));
    expect(unused).toEqual([]);
  });

  test.each(packageNames)("%s imports other packages by their name alone, and no file outside itself", (name) => {
    const src = join("packages", name, "src");
    const escapes = offences(sources.get(name)!, ({ path, imports }) =>
      imports
        .map(({ from }) => from)
        .filter((from) => /^@partitune\/[^/]+\//.test(from) || (from.startsWith(".") && !staysInside(src, path, from))),
    );
    expect(escapes).toEqual([]);
  });

  test.each(packageNames)("%s has no circle of imports", (name) => {
    expect(findCircle(sources.get(name)!)).toEqual([]);
  });
});

function staysInside(src: string, path: string, from: string): boolean {
  const target = normalize(join(dirname(path), from));
  return target.startsWith(`${src}/`) || target === join(src, "..", "package.json");
}

/** Files of a circle of run-time imports, in order; empty when there is none. */
function findCircle(list: readonly Source[]): readonly string[] {
  const byPath = new Map(list.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    const source = byPath.get(path);
    if (source === undefined || done.has(path)) return [];
    for (const { from, typeOnly } of source.imports) {
      if (typeOnly || !from.startsWith(".")) continue;
      const circle = visit(normalize(join(dirname(path), from)), [...trail, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of list) {
    const circle = visit(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe("the sources", () => {
  const all = [...sources.values()].flat();

  test("draw no unseeded random numbers", () => {
    const everything = [...all, ...readSources("test"), ...readSources("notebooks")];
    expect(offences(everything, (source) => matches(source, /\bMath\.random\b/g))).toEqual([]);
  });

  test("read no clock outside the profiler and the command line", () => {
    const pure = packageNames.filter((name) => !clockOwners.includes(name)).flatMap((name) => sources.get(name)!);
    const clocks = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\.hrtime\b/g;
    expect(offences(pure, (source) => matches(source, clocks))).toEqual([]);
  });

  test("silence no checker", () => {
    const files = all.map(({ path }) => ({ path, text: readFileSync(join(root, path), "utf8") }));
    const silenced = files.filter(({ text }) => /@ts-(?:ignore|expect-error|nocheck)|biome-ignore/.test(text));
    expect(silenced.map(({ path }) => path)).toEqual([]);
  });

  // Nobody imports the command line: its table of contents is its help.
  test.each(packageNames.filter((name) => name !== "cli"))(
    "the index of %s is a table of contents: it only re-exports",
    (name) => {
      const index = sources.get(name)!.find(({ path }) => path === join("packages", name, "src", "index.ts"))!;
      const rest = index.code.replaceAll(/export (?:type )?\{[^}]*\}(?: from "[^"]+")?;/g, "").trim();
      expect(rest).toBe("");
    },
  );

  test.each(shelves)("the index of the shelf %s is one literal record", (shelf) => {
    const [index] = readSources(join("packages", shelf)).filter(({ path }) => path.endsWith(`${shelf}/index.ts`));
    const records = matches(index!, /^export const \w+(?:: [^=]+)? = \{/gm);
    expect(records).toHaveLength(1);
  });
});

describe("the repository", () => {
  const folders = (parent: string) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
      .map((entry) => join(parent, entry.name));

  test.each([...folders(""), ...folders("packages")])("%s has a README that says what is in it", (folder) => {
    expect(existsSync(join(root, folder, "README.md"))).toBe(true);
  });

  const tracked = trackedFiles();
  test.skipIf(tracked === undefined)(
    "no tracked file names a path of one machine or the host of a registry (needs git)",
    () => {
      const traces = /(?:^|[\s"'`(=:])\/(?:work|root|home\/\w+)\/|\bregistry\.[a-z]+\.[a-z]+\b/m;
      const texts = tracked!.filter((path) =>
        /\.(?:ts|js|json|jsonc|md|yaml|yml|sh|csv|ipynb|html)$|\/run$/.test(path),
      );
      const found = texts.flatMap((path) => {
        const match = traces.exec(readFileSync(join(root, path), "utf8"));
        return match === null ? [] : [`${path}: ${match[0].trim()}`];
      });
      expect(found).toEqual([]);
    },
  );
});

/** Files under version control that are there; undefined in a copy without it. */
function trackedFiles(): readonly string[] | undefined {
  try {
    const output = execFileSync("git", ["ls-files"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output.split("\n").filter((path) => path !== "" && existsSync(join(root, path)));
  } catch {
    return undefined;
  }
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { installKernel } from "../../notebooks/installKernel.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "notebooks");
const hasJupyter = spawnSync("jupyter", ["nbconvert", "--version"], { stdio: "ignore" }).status === 0;
const skipped = hasJupyter ? "" : " (skipped: no Jupyter; apt-get install jupyter-nbconvert)";
const timeout = 180_000;

/** The part of the notebook format (nbformat 4.5) that is compared. */
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: "code" | "markdown";
    readonly source: readonly string[];
    readonly outputs?: readonly Output[];
  }[];
}

interface Output {
  readonly output_type: string;
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, readonly string[] | string>>;
}

/**
 * What every code cell printed and showed, as text: the streams, and the plain form of each display, which carries all numbers of
 * its picture. HTML and execution counts are left out. Numbers are compared to the last digit: all of them come from fixed seeds.
 */
function textsOf({ cells }: Notebook): string[] {
  return cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ outputs = [] }) => outputs.map(textOf).join("\n"));
}

function textOf({ output_type, text, data }: Output): string {
  return output_type === "stream" ? (text ?? []).join("") : [data?.["text/plain"] ?? ""].flat().join("");
}

function load(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8"));
}

function execute(name: string): Notebook {
  const out = mkdtempSync(join(tmpdir(), "partitune-notebook-"));
  try {
    const how = ["--config", join(folder, "nbconvert_config.py"), "--to", "notebook", "--execute"];
    const words = ["nbconvert", ...how, "--output-dir", out, "--output", name, join(folder, name)];
    const environment = { ...process.env, JUPYTER_PATH: installKernel(root).jupyterPath };
    const run = spawnSync("jupyter", words, { env: environment, encoding: "utf8", timeout });
    expect(run.status, run.stderr).toBe(0); // nbconvert fails when a cell does
    return load(join(out, name));
  } finally {
    rmSync(out, { recursive: true });
  }
}

const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

describe.each(notebooks)("the notebook %s", (name) => {
  const saved = load(join(folder, name));

  it("begins with prose and ends with what was learnt", () => {
    expect(saved.cells[0]?.cell_type).toBe("markdown");
    expect(saved.cells.at(-1)?.cell_type).toBe("markdown");
    expect(saved.cells.at(-1)?.source.join("")).toContain("What was learnt");
  });

  it("is saved with outputs and without an error", () => {
    const outputs = saved.cells.flatMap((cell) => cell.outputs ?? []);
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.filter(({ output_type }) => output_type === "error")).toEqual([]);
  });

  it.skipIf(!hasJupyter)(
    `gives the saved outputs again${skipped}`,
    () => {
      expect(textsOf(execute(name))).toEqual(textsOf(saved));
    },
    timeout,
  );
});

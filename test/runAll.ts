// Runs everything that must hold: format and lint, types, and the tests (all, or those whose files match the arguments). The
// last line tells the counts; the exit code is 0 only if nothing failed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcomesVariable } from "./outcomeReporter.ts";
import { root } from "./readSources.ts";
import { type Outcome, summarise } from "./summarise.ts";

const outcomes = [
  await runTool("format and lint", "@biomejs/biome/bin/biome", ["check"]),
  await runTool("types", "typescript/bin/tsc", ["--noEmit"]),
  ...(await runTests()),
];
process.stdout.write(summarise(outcomes));
process.exitCode = outcomes.some(({ state }) => state === "failed") ? 1 : 0;

async function runTool(name: string, script: string, words: readonly string[]): Promise<Outcome> {
  process.stdout.write(`${name} …\n`);
  const end = await runScript(script, words);
  return end === "exit code 0" ? { name, state: "passed" } : { name, state: "failed", reason: end };
}

async function runTests(): Promise<readonly Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-test-"));
  const file = join(folder, "outcomes.json");
  try {
    const reporters = ["--reporter=default", "--reporter=./test/outcomeReporter.ts"];
    const words = ["run", "--config", "test/vitest.config.ts", ...reporters, ...process.argv.slice(2)];
    const end = await runScript("vitest/vitest.mjs", words, { [outcomesVariable]: file });
    return readOutcomes(file, end);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A runner that crashed, or that complained though no test failed, is a failure of its own. */
function readOutcomes(file: string, end: string): readonly Outcome[] {
  let outcomes: readonly Outcome[];
  try {
    outcomes = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [{ name: "tests", state: "failed", reason: `vitest ended without results: ${end}` }];
  }
  const unexplained = end !== "exit code 0" && outcomes.every(({ state }) => state !== "failed");
  return unexplained ? [...outcomes, { name: "tests", state: "failed", reason: `vitest: ${end}` }] : outcomes;
}

/** Runs an installed tool under this Node, its output shown as it comes, and says how it ended. */
function runScript(script: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", script), ...words], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environment },
    });
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  });
}

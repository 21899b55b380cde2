import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { formatConfig, loadProfile } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { commandTable } from "../../packages/cli/src/commandTable.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";
import { writeWorkloads } from "./fixtures/writeWorkloads.ts";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const worker = fileURLToPath(new URL("./fixtures/steadyWorker.mjs", import.meta.url));
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

/** Runs the program as a process of its own. */
function partitune(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: "utf8", cwd: folder });
  return { code: status, stdout, stderr };
}

describe("the program", () => {
  test("prints its help to stdout, with every command", () => {
    const { code, stdout, stderr } = partitune("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { name } of commandTable) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
  });

  test("loads nothing for the help but the argument parser and the table of commands", () => {
    const words = [
      "--input-type=module",
      "--eval",
      `${listModules}\nprocess.argv = ["", "", "--help"];\nawait import(${JSON.stringify(main)});`,
    ];
    const { stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    const loaded = stderr
      .trim()
      .split("\n")
      .filter((url) => url.startsWith("file:"));
    const strangers = loaded.filter((url) => !/\/packages\/cli\/(src\/\w+\.ts|package\.json)$|\/commander\//.test(url));
    expect(loaded.length).toBeGreaterThan(5);
    expect(strangers).toEqual([]);
  });

  test.each([
    ["--version", 0],
    ["", 2],
    ["frobnicate", 2],
    ["help solve", 0],
    ["show nowhere", 2],
  ])("partitune %s ends with exit code %d and no stack trace", (words, expected) => {
    const { code, stderr } = partitune(...words.split(" ").filter((word) => word !== ""));
    expect(code).toBe(expected);
    expect(stderr).not.toContain("    at ");
  });
});

/** Prints the URL of every module that is loaded. */
const listModules = `import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => { process.stderr.write(url + "\\n"); return next(url, context); } });`;

describe("a reader that stops reading", () => {
  beforeAll(() => {
    writeWorkloads(folder);
    const words = [
      "--workloads",
      "workloads.json",
      "--executor",
      "synthetic",
      "--protocol",
      "quick",
      "--out",
      "profile",
    ];
    expect(partitune("profile", ...words).code).toBe(0);
  });

  test("ends the program quietly", () => {
    const line = `"$0" "$1" show profile --json | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", line, process.execPath, main], {
      encoding: "utf8",
      cwd: folder,
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("0\n");
  });

  test("of words and progress does not end a measurement", () => {
    const words = "--workloads workloads.json --executor synthetic --protocol quick --out unread";
    const line = `"$0" "$1" profile ${words} 2> >(true); echo $?`;
    expect(spawnSync("bash", ["-c", line, process.execPath, main], { encoding: "utf8", cwd: folder }).stdout).toBe(
      "0\n",
    );
    expect(existsSync(at("unread/measurements.csv"))).toBe(true);
  });
});

describe("Ctrl-C", () => {
  const words = [
    ...["profile", "--workloads", "steady.json", "--partitions", "whole"],
    ...["--batches", "1,2,3,4", "--protocol", "quick", "--out", "steady"],
  ];
  const journal = at("steady/journal.jsonl");
  const finished = () => (existsSync(journal) ? readFileSync(journal, "utf8").split('"type":"done"').length - 1 : 0);

  test("ends a campaign with exit code 130, and the same command goes on from there", async () => {
    const workloads = [{ name: "steady", engine: { engine: "command", command: [process.execPath, worker] } }];
    writeFileSync(at("steady.json"), JSON.stringify({ kind: "workloads", version: 1, workloads }));
    const child = spawn(process.execPath, [main, ...words], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (finished() < 2) await sleep(10);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(stderr).toContain("stopping after what is in flight; press Ctrl-C again to end at once\n");
    expect(stderr).toMatch(
      /stopped after \d measurements \(0 were there\) in steady; the same command goes on from there\n/,
    );
    const kept = finished();

    const again = partitune(...words);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain(`(${kept} were there) in steady\n`);
    const points = loadProfile(at("steady")).measurements.filter((row) => !row.baseline);
    expect(points.map((row) => formatConfig(row.point.config)).sort()).toEqual(
      [1, 2, 3, 4].map((batch) => `steady default whole batch ${batch}`),
    );
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadProfile } from "@partitune/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ModelledBoard, modelledBoard } from "../profiler/fixtures/boards/modelledBoard.ts";
import { orinNano } from "../profiler/fixtures/boards/orinNano.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const worker = fileURLToPath(new URL("fixtures/steadyWorker.mjs", import.meta.url));
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const workloads = at("workloads.json");

let board: ModelledBoard;
let before: Readonly<Record<string, string>>;

beforeAll(() => {
  const engine = { engine: "command", command: [process.execPath, worker] };
  const trained = { name: "steady", task: "training", engine, batches: [1] };
  writeFileSync(workloads, JSON.stringify({ kind: "workloads", version: 1, workloads: [trained] }));
  board = modelledBoard(orinNano);
  before = board.settings();
  vi.stubEnv("PARTITUNE_BOARD_ROOT", board.root);
  vi.stubEnv("PARTITUNE_RESTORE_DIR", board.restoreFolder);
  vi.stubEnv("PATH", board.searchPath);
});
afterAll(() => {
  vi.unstubAllEnvs();
  board.close();
});

describe("a modelled board from the command line", () => {
  test("is profiled in modes of its own and of its grid, and left as it was", async () => {
    const modes = "7W,4c-cpu1344-gpu816-mem2133";
    const own = ["--executor", "jetson", "--workloads", workloads, "--power-modes", modes];
    const how = ["--protocol", "quick", "--rounds", "1", "--budget-s", "0.1", "--out", at("board")];
    expect(await runCli("profile", ...own, ...how)).toMatchObject({ code: 0 });
    const { device, measurements } = loadProfile(at("board"));
    expect(device).toMatchObject({ name: orinNano.model, kind: "jetson", synthetic: false });
    const measured = measurements.filter(({ outcome }) => outcome.kind === "measured");
    expect(new Set(measured.map(({ point }) => point.config.powerMode))).toEqual(new Set(["15W", ...modes.split(",")]));
    expect(new Set(measured.map(({ point }) => point.config.partition.kind))).toEqual(new Set(["whole"]));
    expect(board.settings()).toEqual(before);
  });

  test("answers a search live, and is left as it was", async () => {
    const asked = ["--executor", "jetson", "--workloads", workloads, "--train", "steady", "--budget", "20"];
    const how = ["--protocol", "quick", "--probes", "2", "--margin", "0", "--json"];
    const answer = await runCli("search", ...asked, ...how);
    expect(answer).toMatchObject({ code: 0 });
    const search = JSON.parse(answer.stdout);
    expect(search.kind).toBe("mode-search");
    expect(board.settings()).toEqual(before);
  });

  test("is refused where there is none, with what to do", async () => {
    vi.stubEnv("PARTITUNE_BOARD_ROOT", folder);
    const answer = await runCli("profile", "--executor", "jetson", "--workloads", workloads, "--out", at("none"));
    vi.stubEnv("PARTITUNE_BOARD_ROOT", board.root);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(
      /executor "jetson" finds no Jetson here \(.*does not exist\); run it on the board itself/,
    );
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { currentMode, parseCurrentMode, switchMode } from "../../../packages/profiler/src/jetson/nvpmodel.ts";
import { boardPrograms } from "../../../packages/profiler/src/jetson/programs.ts";
import { type ModelledBoard, modelledBoard } from "../fixtures/boards/modelledBoard.ts";
import { orinNano } from "../fixtures/boards/orinNano.ts";

describe("parseCurrentMode", () => {
  test.each([
    ["NV Power Mode: MODE_30W\n2\n", { id: 2, name: "MODE_30W" }],
    ["NVPM WARN: fan mode is not set!\nNV Power Mode: MAXN\n0\n", { id: 0, name: "MAXN" }],
    ["NV Fan Mode:quiet\nNV Power Mode: 15W\n0\n", { id: 0, name: "15W" }],
    ["NV Power Mode: MODE_20W_6CORE\r\n8\r\n", { id: 8, name: "MODE_20W_6CORE" }],
    ["3\n", { id: 3, name: undefined }],
  ])("%j", (answer, mode) => {
    expect(parseCurrentMode(answer)).toEqual(mode);
  });

  test.each(["NVPM WARN: power mode is not set!\n", "", "NVPM ERROR: Error opening /var/lib/nvpmodel/status: 2\n"])(
    "no mode in %j",
    (answer) => {
      expect(parseCurrentMode(answer)).toBeUndefined();
    },
  );
});

describe("switchMode", () => {
  let board: ModelledBoard;
  beforeEach(() => {
    board = modelledBoard(orinNano);
  });
  afterEach(() => board.close());
  const programs = () => boardPrograms(board.searchPath);

  test("switches, and reads back that it has", async () => {
    expect(await currentMode(programs())).toEqual({ id: 0, name: "15W" });
    expect(await switchMode(programs(), 1)).toEqual({ status: "switched" });
    expect(await currentMode(programs())).toEqual({ id: 1, name: "25W" });
  });

  test("a question whether to reboot is answered with no, and told", async () => {
    board.fault("nvpmodel", "reboots");
    const before = board.settings();
    const switched = await switchMode(programs(), 2);
    expect(switched).toEqual({ status: "needs-reboot", said: expect.stringContaining("DO YOU WANT TO REBOOT NOW?") });
    expect(board.calls()).toEqual(["nvpmodel -m 2"]);
    expect(board.settings()).toEqual(before);
  });

  test.each([
    ["refuses", /nvpmodel -m 1 failed: NVPM ERROR: failed to set power mode!$/],
    ["denied", /Error opening .*: 13 \(power modes are set by root\)$/],
    ["falls-back", /was asked for mode 1 and reports mode 0$/],
    ["unset", /was asked for mode 1 and reports none$/],
  ])("nvpmodel that %s has failed", async (fault, reason) => {
    board.fault("nvpmodel", fault);
    expect(await switchMode(programs(), 1)).toEqual({ status: "failed", reason: expect.stringMatching(reason) });
  });

  test("a mode that is not in the file has failed", async () => {
    expect(await switchMode(programs(), 17)).toMatchObject({ status: "failed", reason: /invalid mode 17/ });
  });

  test("without the program there is no mode, and none can be set", async () => {
    const none = boardPrograms("/nowhere");
    expect(await currentMode(none)).toBeUndefined();
    expect(await switchMode(none, 1)).toEqual({ status: "failed", reason: "there is no program nvpmodel" });
  });
});

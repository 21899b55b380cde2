import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRestoration, type RestoreStep } from "@partitune/profiler";
import { expect, test } from "vitest";
import { headerLine, leftFile } from "../profiler/fixtures/restoring/leftFile.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

/** Two cards that were left changed: of the second, one setting cannot be put back. */
function twoCards() {
  const folder = temporaryFolder();
  const setting = (name: string): RestoreStep => {
    const path = join(folder, name);
    writeFileSync(path, "changed");
    return { kind: "file", what: `${name} to auto`, path, text: "auto" };
  };
  const parent = join(folder, "restore");
  mkdirSync(parent);
  leftFile(parent, "GPU-1", [setting("power"), setting("clock")]);
  const gone = setting("governor");
  rmSync(join(folder, "governor"));
  leftFile(parent, "GPU-2", [setting("fan"), gone]);
  return { parent, textOf: (name: string) => readFileSync(join(folder, name), "utf8") };
}

test("partitune restore --list shows what is left, since when and by whom, and changes nothing", async () => {
  const { parent, textOf } = twoCards();
  const { code, stdout, stderr } = await runCli("restore", "--list", "--folder", parent);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toBe(
    [
      "device  since                 process  setting           state  why",
      "GPU-1   2026-01-01T00:00:00Z  4194305  power to auto     left",
      "GPU-1   2026-01-01T00:00:00Z  4194305  clock to auto     left",
      "GPU-2   2026-01-01T00:00:00Z  4194305  fan to auto       left",
      "GPU-2   2026-01-01T00:00:00Z  4194305  governor to auto  left",
      "",
    ].join("\n"),
  );
  expect(["power", "clock", "fan"].map(textOf)).toEqual(["changed", "changed", "changed"]);
});

test("partitune restore puts back what it can, says why the rest is left, and has nothing to do the next time", async () => {
  const { parent, textOf } = twoCards();
  const { code, stdout } = await runCli("restore", "--folder", parent);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^GPU-1 .* clock to auto +restored$/m);
  expect(stdout).toMatch(/^GPU-2 .* fan to auto +restored$/m);
  expect(stdout).toMatch(/^GPU-2 .* governor to auto +left +ENOENT: .*governor'$/m);
  expect(["power", "clock", "fan"].map(textOf)).toEqual(["auto", "auto", "auto"]);
  expect(existsSync(join(parent, "GPU-1/restore.jsonl"))).toBe(false);

  const again = await runCli("restore", "--folder", parent, "--json");
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject([{ device: "GPU-2", what: "governor to auto", state: "left" }]);

  writeFileSync(join(parent, "../governor"), "changed");
  const last = await runCli("restore", "--folder", parent);
  expect(last).toMatchObject({ code: 0, stderr: "" });
  expect(textOf("governor")).toBe("auto");
  const none = await runCli("restore", "--folder", parent);
  expect(none).toEqual({ code: 0, stdout: "", stderr: "no device was left changed\n" });
});

test("partitune restore leaves a device alone that is in use", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "power");
  writeFileSync(path, "auto");
  const restoration = await openRestoration({ device: "GPU-1", folder: join(folder, "restore") });
  await restoration.add({ kind: "file", what: "power to auto", path, text: "auto" });
  writeFileSync(path, "changed");
  const { code, stdout } = await runCli("restore", "--folder", join(folder, "restore"));
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^GPU-1 .* ${process.pid} +power to auto +in use$`, "m"));
  expect(readFileSync(path, "utf8")).toBe("changed");
  await restoration.release();
});

test("partitune restore carries nothing out of a damaged file, names its line, and restores the other devices", async () => {
  const { parent, textOf } = twoCards();
  const file = join(parent, "GPU-1/restore.jsonl");
  const [header, first, second] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [header, first, '{"type":"step', second, ""].join("\n"));
  mkdirSync(join(parent, "GPU-3"));
  writeFileSync(join(parent, "GPU-3/restore.jsonl"), `${JSON.stringify(headerLine("\u001b[2Jevil"))}\n`, {
    mode: 0o600,
  });
  const { code, stderr } = await runCli("restore", "--folder", parent);
  expect(code).toBe(2);
  expect(stderr).toContain(
    `partitune: ${file} line 3: the line is not JSON, so nothing of the file is carried out; put back by hand what its other lines name, then delete the file\n`,
  );
  expect(stderr).not.toContain("\u001b");
  expect(["power", "clock", "fan"].map(textOf)).toEqual(["changed", "changed", "auto"]);
});

test("partitune restore with a folder that holds nothing, or does not exist, has nothing to do", async () => {
  const folder = temporaryFolder();
  for (const each of [folder, join(folder, "nowhere")])
    expect(await runCli("restore", "--folder", each, "--json")).toEqual({ code: 0, stdout: "[]\n", stderr: "" });
  writeFileSync(join(folder, "file"), "");
  const refused = await runCli("restore", "--folder", join(folder, "file"));
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^partitune: path ".*file" runs through something that is no folder/);
});

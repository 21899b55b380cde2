import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRestoration, pendingRestorations, type RestoreStep, refuseLeftover } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { expect, test } from "vitest";
import { eventually, guardsOf, isAlive, processesNaming, quiet } from "../fixtures/restoring/changer.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

/** A setting that is a file, with its step. */
function setting(text = "700\n"): { readonly path: string; readonly step: RestoreStep } {
  const path = join(temporaryFolder(), "power_limit");
  writeFileSync(path, text);
  return { path, step: { kind: "file", what: `power limit to ${text.trim()} W`, path, text } };
}

function linesOf(file: string): readonly { readonly type: string }[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a step is on disk before its change, for nobody else to read, and the device is back after the release", async () => {
  const folder = temporaryFolder();
  const { path, step } = setting();
  const restoration = await openRestoration({ device: "GPU-1", folder });
  await restoration.add(step);
  expect(linesOf(restoration.file)).toMatchObject([
    { type: "header", kind: "restore", version: 1, device: "GPU-1", owner: { pid: process.pid } },
    { type: "guarded" },
    { type: "step", number: 1, step },
  ]);
  expect(statSync(restoration.file).mode & 0o777).toBe(0o600);
  writeFileSync(path, "300\n");
  const report = await restoration.release();
  expect(report).toEqual({ restored: [step], left: [] });
  expect(readFileSync(path, "utf8")).toBe("700\n");
  expect(await restoration.release()).toBe(report);
  expect(existsSync(restoration.file)).toBe(false);
  expect(linesOf(join(folder, "GPU-1/restored.jsonl")).map(({ type }) => type)).toEqual([
    "header",
    "guarded",
    "step",
    "closed",
    "restored",
  ]);
  await expect(restoration.add(step)).rejects.toThrow(/the device was given back already/);
  await quiet(folder);
});

test("a device is used by one at a time, another device beside it", async () => {
  const folder = temporaryFolder();
  const first = await openRestoration({ device: "GPU-1", folder });
  await expect(openRestoration({ device: "GPU-1", folder })).rejects.toThrow(
    new RegExp(`device "GPU-1" is in use by process ${process.pid}`),
  );
  await expect(refuseLeftover("GPU-1", folder)).rejects.toThrow(InputError);
  const second = await openRestoration({ device: "GPU-2", folder });
  await refuseLeftover("GPU-3", folder);
  await first.release();
  await (await openRestoration({ device: "GPU-1", folder })).release();
  await second.release();
});

test("of several that open a device at once, one gets it", async () => {
  const folder = temporaryFolder();
  const tries = await Promise.allSettled([1, 2, 3].map(() => openRestoration({ device: "Jetson AGX Orin", folder })));
  const won = tries.filter((each) => each.status === "fulfilled");
  expect(won.length).toBe(1);
  for (const each of tries) if (each.status === "rejected") expect(each.reason).toBeInstanceOf(InputError);
  await won[0]!.value.release();
});

test("steps are undone early, latest first, and then forgotten", async () => {
  const folder = temporaryFolder();
  const [a, b] = [setting("a"), setting("b")];
  const restoration = await openRestoration({ device: "GPU-1", folder });
  for (const { path, step } of [a, b]) {
    await restoration.add(step);
    writeFileSync(path, "changed");
  }
  expect(await restoration.undo([a.step])).toEqual({ restored: [a.step], left: [] });
  expect([a, b].map(({ path }) => readFileSync(path, "utf8"))).toEqual(["a", "changed"]);
  expect(await restoration.undo([a.step])).toEqual({ restored: [], left: [] });
  expect(await restoration.release()).toEqual({ restored: [b.step], left: [] });
});

test("what cannot be put back is left with its reason, the rest is put back, and the device is refused", async () => {
  const folder = temporaryFolder();
  const [gone, kept] = [setting("gone"), setting("kept")];
  const restoration = await openRestoration({ device: "GPU-1", folder });
  for (const { path, step } of [gone, kept]) {
    await restoration.add(step);
    writeFileSync(path, "changed");
  }
  rmSync(gone.path);
  const { restored, left } = await restoration.release();
  expect(restored).toEqual([kept.step]);
  expect(left).toEqual([{ step: gone.step, reason: expect.stringContaining("ENOENT") }]);
  expect(existsSync(gone.path)).toBe(false);
  const [pending] = await pendingRestorations(folder);
  expect(pending).toMatchObject({ state: "left", record: { outstanding: [{ number: 1, step: gone.step }] } });
  await expect(refuseLeftover("GPU-1", folder)).rejects.toThrow(/was left changed by process .*partitune restore/);
});

test("what could not be put back is refused before it is changed, and the rest goes on", async () => {
  const folder = temporaryFolder();
  const { path, step } = setting();
  const restoration = await openRestoration({ device: "GPU-1", folder });
  const refused: readonly RestoreStep[] = [
    { kind: "file", what: "a", path: join(path, "nowhere"), text: "1" },
    { kind: "command", what: "b", argv: ["no-such-program-anywhere"] },
    { kind: "folder", what: "c", path: "/tmp" },
    { kind: "process", what: "d", pid: process.pid, startTicks: 1 },
    { kind: "command", what: "e", argv: ["true"], needs: "reboot" },
    { kind: "file", what: "f", path: "relative", text: "1" },
  ];
  for (const one of refused)
    await expect(restoration.add(one)).rejects.toThrow(/could not be put back later \(.*\), so it is not changed/);
  await restoration.add(step);
  expect(await restoration.release()).toEqual({ restored: [step], left: [] });
});

test("a process that ends without a release does end, and who comes next waits for its guard", async () => {
  const folder = temporaryFolder();
  const { path, step } = setting();
  const go = join(folder, "go");
  const wait = 'until [ -e "$0" ]; do sleep 0.02; done';
  const slow: RestoreStep = { kind: "command", what: "a slow program", argv: ["sh", "-c", wait, go] };
  const source = fileURLToPath(new URL("../../../packages/profiler/src/restore/openRestoration.ts", import.meta.url));
  const words = `import { openRestoration } from ${JSON.stringify(source)};
import { writeFileSync } from "node:fs";
const restoration = await openRestoration({ device: "GPU-1", folder: ${JSON.stringify(folder)} });
for (const step of ${JSON.stringify([step, slow])}) await restoration.add(step);
writeFileSync(${JSON.stringify(path)}, "300");`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", words], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(await pendingRestorations(folder)).toMatchObject([{ state: "restoring" }]);
  const next = openRestoration({ device: "GPU-1", folder });
  writeFileSync(go, "");
  await (await next).release();
  expect(readFileSync(path, "utf8")).toBe("700\n");
});

test.each(["SIGKILL", "SIGSTOP"] as const)("a guard that gets %s is replaced when it is needed", async (signal) => {
  const folder = temporaryFolder();
  const [a, b] = [setting("a"), setting("b")];
  const patience = { answerSeconds: signal === "SIGSTOP" ? 1 : 30 };
  const restoration = await openRestoration({ device: "GPU-1", folder, patience });
  await restoration.add(a.step);
  writeFileSync(a.path, "changed");
  const [first] = guardsOf(folder);
  process.kill(first!, signal);
  await restoration.add(b.step);
  writeFileSync(b.path, "changed");
  expect(guardsOf(folder).length).toBeGreaterThan(1);
  process.kill(guardsOf(folder).at(-1)!, signal);
  const { restored, left } = await restoration.release();
  expect({ restored, left }).toEqual({ restored: [b.step, a.step], left: [] });
  expect([a, b].map(({ path }) => readFileSync(path, "utf8"))).toEqual(["a", "b"]);
  await quiet(folder);
});

test("without its restore file a process changes nothing more, and puts back by itself what it changed", async () => {
  const folder = temporaryFolder();
  const { path, step } = setting();
  const restoration = await openRestoration({ device: "GPU-1", folder });
  await restoration.add(step);
  writeFileSync(path, "changed");
  rmSync(join(folder, "GPU-1"), { recursive: true });
  const [guard] = processesNaming(folder);
  process.kill(guard!, "SIGKILL");
  await eventually("the end of the guard", () => !isAlive(guard!));
  await expect(restoration.add(step)).rejects.toThrow(/the restore file is gone although its device is in use/);
  expect(await restoration.release()).toEqual({ restored: [step], left: [] });
  expect(readFileSync(path, "utf8")).toBe("700\n");
});

test.each([
  ["below a file", (folder: string) => join(folder, "file", "state")],
  ["in a file system that takes no folders", () => "/proc/partitune"],
])("a folder %s is refused before anything is changed", async (_, place) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const refused = await openRestoration({ device: "GPU-1", folder: place(folder) }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as Error).message).toMatch(/nothing was changed; check its rights and the space left/);
});

test("a folder that others may write to is made safe", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "GPU-1"));
  chmodSync(join(folder, "GPU-1"), 0o777);
  await (await openRestoration({ device: "GPU-1", folder })).release();
  expect(statSync(join(folder, "GPU-1")).mode & 0o777).toBe(0o755);
});

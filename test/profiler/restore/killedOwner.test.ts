import { setTimeout as sleep } from "node:timers/promises";
import { type Random, seededRandom } from "@partitune/numerics";
import { openRestoration, pendingRestorations, restoreLeft } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { expect, test } from "vitest";
import {
  type Changer,
  eventually,
  filesBelow,
  guardsOf,
  isAlive,
  quiet,
  startChanger,
} from "../fixtures/restoring/changer.ts";
import { changedSettings } from "../fixtures/restoring/settings.ts";

/** Each process uses several devices, each with a guard of its own, so that one kill tries as many moments. */
const devices = ["GPU-0", "GPU-1", "jetson"];
const kills = 8;

/** Guards that have begun, when there are so many. */
async function guardsAtWork({ orders: { state } }: Changer, count: number): Promise<readonly number[]> {
  await eventually(`${count} guards`, () => guardsOf(state).length === count);
  return guardsOf(state);
}

async function killAtRandom(random: Random): Promise<void> {
  const changer = startChanger(devices);
  await guardsAtWork(changer, 3);
  await changer.dots(1 + random.integer(60));
  await sleep(3 * random.next());
  changer.child.kill("SIGKILL");
  await changer.ended;
  const { state, tree } = changer.orders;
  await quiet(state);
  expect(changedSettings(tree, devices)).toEqual([]);
  // Proofs that all is back; no draft, no word of a failing guard.
  expect(filesBelow(state).filter((path) => !/\/(restored\.jsonl|lock)$/.test(path))).toEqual([]);
}

test("after SIGKILL at any of many random moments, on several devices at once, every setting is as it was", async () => {
  const random = seededRandom("kill -9 the owner");
  for (let kill = 0; kill < kills; kill += 2) await Promise.all([killAtRandom(random), killAtRandom(random)]);
});

test("a process that is killed while it opens devices leaves nothing behind", async () => {
  const random = seededRandom("kill -9 the beginner");
  for (let kill = 0; kill < 2; kill++) {
    const changer = startChanger(devices);
    await eventually("the first restore file", () => filesBelow(changer.orders.state).length > 0);
    await sleep(100 * random.next());
    changer.child.kill("SIGKILL");
    await changer.ended;
    await quiet(changer.orders.state);
    expect(changedSettings(changer.orders.tree, devices)).toEqual([]);
  }
});

test("Ctrl-C in the terminal ends the process, not its guard, which restores", async () => {
  const changer = startChanger(devices);
  const guards = await guardsAtWork(changer, 3);
  for (const guard of guards) for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(guard, signal);
  await changer.dots(changer.text().length + 20);
  expect(guards.filter(isAlive)).toEqual(guards);
  process.kill(-changer.child.pid!, "SIGINT");
  await changer.ended;
  await quiet(changer.orders.state);
  expect(changedSettings(changer.orders.tree, devices)).toEqual([]);
});

test("guards that are killed are replaced, and the device is put back all the same", async () => {
  const changer = startChanger(devices);
  const first = await guardsAtWork(changer, 3);
  for (const guard of first) process.kill(guard, "SIGKILL");
  const all = await guardsAtWork(changer, 6);
  expect(all.filter(isAlive).length).toBe(3);
  await changer.dots(changer.text().length + 20);
  changer.child.kill("SIGKILL");
  await changer.ended;
  await quiet(changer.orders.state);
  expect(changedSettings(changer.orders.tree, devices)).toEqual([]);
});

test("when process and guards are killed together the device stays refused until it has been restored", async () => {
  const changer = startChanger(["GPU-0"]);
  await changer.dots(7);
  changer.child.kill("SIGSTOP");
  const [guard] = guardsOf(changer.orders.state);
  process.kill(guard!, "SIGKILL");
  changer.child.kill("SIGKILL");
  await changer.ended;
  await eventually("the end of the guard", () => !isAlive(guard!));
  const { state, tree } = changer.orders;
  expect(changedSettings(tree, ["GPU-0"])).not.toEqual([]);

  const refused = await openRestoration({ device: "GPU-0", folder: state }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as Error).message).toMatch(
    new RegExp(
      `^${state}/GPU-0/restore.jsonl: device "GPU-0" was left changed by process ${changer.child.pid} on .* since 20.*: GPU-0 power_limit.*; put it back with "partitune restore"$`,
    ),
  );
  await (await openRestoration({ device: "GPU-1", folder: state })).release(); // another card is not disturbed

  const [pending] = await pendingRestorations(state);
  const { restored, left } = await restoreLeft(pending!.paths);
  expect(restored.length).toBeGreaterThan(0);
  expect(left).toEqual([]);
  expect(changedSettings(tree, ["GPU-0"])).toEqual([]);
  expect(await restoreLeft(pending!.paths)).toEqual({ restored: [], left: [] });
  await (await openRestoration({ device: "GPU-0", folder: state })).release();
});

test("a process that is stopped is put back after a while, learns of it when it goes on, and changes nothing more", async () => {
  const changer = startChanger(["GPU-0"], { tickSeconds: 0.05, stoppedSeconds: 0.3 });
  await changer.dots(20);
  changer.child.kill("SIGSTOP");
  const { state, tree } = changer.orders;
  await eventually("the guard", () => changedSettings(tree, ["GPU-0"]).length === 0);
  await expect(openRestoration({ device: "GPU-0", folder: state })).rejects.toThrow(/is in use by process/);
  changer.child.kill("SIGCONT");
  await changer.wrote("released");
  await changer.ended;
  expect(changer.text()).toMatch(
    /refused device "GPU-0" was put back by its guard, since this process was stopped for \d+ s; measure again/,
  );
  expect(changer.text()).toMatch(/released [1-9]\d* 0\n/);
  await quiet(state);
  expect(changedSettings(tree, ["GPU-0"])).toEqual([]);
});

test("on a full disk a step is refused before its change, and what was changed before is put back", async () => {
  const changer = startChanger(["GPU-0"], {}, "ulimit -f 4");
  await changer.wrote("released");
  await changer.ended;
  expect(changer.text()).toMatch(
    /\.\nrefused the setting "GPU-0 .*" could not be put back later \(EFBIG.*\), so it is not changed;/,
  );
  await quiet(changer.orders.state);
  expect(changedSettings(changer.orders.tree, ["GPU-0"])).toEqual([]);
});

import { join } from "node:path";
import { loadProfile } from "@partitune/schema";
import { beforeAll, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = join(temporaryFolder(), "card");

beforeAll(async () => {
  const what = ["--executor", "synthetic-a100-sensors", "--partitions", "mps-share:0.5", "--batches", "8"];
  const { code } = await runCli("profile", ...what, "--protocol", "sweep", "--budget-s", "3", "--out", folder);
  expect(code).toBe(0);
});

test("a profile of a device that reports of itself is shown with what it drew idle, net power, clock, temperature and use", async () => {
  const { stdout } = await runCli("show", folder);
  expect(stdout).toContain("\nidle before the campaign: empty 55.0 ± 0 W, unmonitored 55.0 ± 0 W\n");
  expect(stdout).toMatch(/power +net power +clock +temperature +busy +flags/);
  expect(stdout).toMatch(/\d+ W +\d+\.\d W +1\.41 GHz +\d+\.\d °C +\d+(\.\d)? %/);
});

test("its table reads back with all that was reported, and the page draws the runs", async () => {
  const { measurements, idle } = loadProfile(folder);
  expect(idle).toHaveLength(4);
  const devices = measurements.map(({ outcome }) => (outcome.kind === "measured" ? outcome.results.device : undefined));
  for (const device of devices) expect(device).toMatchObject({ powerSource: "counter", idleWatts: 55 });
  const page = join(folder, "page.html");
  expect(await runCli("report", folder, "--out", page)).toMatchObject({ code: 0 });
});

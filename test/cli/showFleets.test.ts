import { readFileSync } from "node:fs";
import { join } from "node:path";
import { saveJson } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import {
  syntheticComparison,
  syntheticFleet,
  syntheticFleetReport,
  syntheticFleetTrace,
  syntheticInterference,
  syntheticSchedule,
  syntheticTransition,
} from "../report/syntheticFleet.ts";
import { migFleetPlan } from "../schema/exampleFleetPlan.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, `${name}.json`);
const hostile = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'];
/** Names cannot hold control characters, sentences can. */
const sentence = "\u001b[2J\u001b]0;owned\u0007";
const plan = syntheticFleet({ cards: 3, services: 5, cut: "mig", names: hostile });

const files = {
  plan: migFleetPlan(),
  hostile: plan,
  schedule: syntheticSchedule(),
  transition: syntheticTransition(),
  hostileTransition: hostileTransition(),
  trace: syntheticFleetTrace(plan, 1),
  report: syntheticFleetReport(plan),
  comparison: syntheticComparison(),
  hostileComparison: {
    ...syntheticComparison(),
    lanes: syntheticComparison().lanes.map((lane) => ({ ...lane, title: sentence })),
  },
  interference: syntheticInterference(),
  hostileInterference: { ...syntheticInterference(), why: sentence, validation: sentence },
};

function hostileTransition() {
  const transition = syntheticTransition();
  const steps = transition.steps.map((step) => ({ ...step, check: sentence, rollback: sentence }));
  return { ...transition, steps };
}

beforeAll(() => {
  for (const [name, content] of Object.entries(files)) saveJson(at(name), content);
});

async function show(name: keyof typeof files): Promise<string> {
  const { code, stdout } = await runCli("show", at(name));
  expect(code).toBe(0);
  return stdout;
}

describe("show", () => {
  test("prints a fleet plan: how good it is, its pieces, its services", async () => {
    const text = await show("plan");
    expect(text).toContain("no plan uses fewer than 1 GPU");
    expect(text).toMatch(/mig:3g\.40gb@4 +faces +4 +2 +280\/s +420\/s +66\.7 %/);
  });

  test("prints a schedule: cards and bound per period, and the rates", async () => {
    const text = await show("schedule");
    expect(text).toMatch(/day +8 h 00 min +9 .* 9\.00 +0 % +column-generation/);
    expect(text).toMatch(/requests for +night +morning +day +evening/);
  });

  test("prints a transition: every step with its check, and the dips", async () => {
    const text = await show("transition");
    expect(text).toMatch(
      /5 +destroy +gpu0 +gpu0\.0 +mig:2g\.20gb@0 +4\.00 s +nothing else runs there +do the opposite/,
    );
    expect(text).toMatch(/photos +3 +7 +30\.0\/s +32\.0 s/);
  });

  test("prints a trace: every service, then every tenant of every piece", async () => {
    const text = await show("trace");
    expect(text).toContain("simulated, synthetic, 120 s after 10.0 s of warm-up, intervals at 95 %");
    expect(text).toMatch(/vgg16|bert-2 +bert +\d+ +0 /);
    expect(text.split("\n").filter((line) => line.startsWith("gpu"))).toHaveLength(
      plan.gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants)).length,
    );
  });

  test("prints a report: verdicts with their reasons", async () => {
    const text = await show("report");
    expect(text).toMatch(/bert-2 response p99 .* undecided/);
    expect(text).toContain("synthetic");
  });

  test("prints a comparison: ways of sharing side by side in every phase", async () => {
    const text = await show("comparison");
    expect(text).toContain("100 s to 500 s: resnet18, resnet50, vgg16");
    expect(text).toMatch(/vgg16 +one card, kernels take turns +20000 +0 +7\.60 ms .* 34\.2 ms .* 6\.65 ms +100 %/);
  });

  test("prints interference models, the chosen one and why", async () => {
    const text = await show("interference");
    expect(text).toMatch(/constant \(chosen\) +3\.00 % +6\.80 %/);
    expect(text).toContain("does not beat the constant's 3 %");
  });

  test.each(Object.keys(files) as (keyof typeof files)[])(
    "moves no terminal's cursor with words of the %s",
    async (name) => {
      expect(await show(name)).not.toMatch(/[^\P{Cc}\n]/u);
    },
  );

  test.each(Object.keys(files) as (keyof typeof files)[])("gives the %s back as JSON", async (name) => {
    const { stdout } = await runCli("show", at(name), "--json");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(files[name])));
  });
});

describe("report", () => {
  test("takes all kinds of files about fleets together", async () => {
    const out = join(folder, "page.html");
    const hostiles = ["hostile", "hostileTransition", "hostileComparison", "hostileInterference"];
    const names = [...hostiles, "report", "trace", "schedule"];
    const { code, stdout } = await runCli("report", ...names.map(at), "--out", out, "--title", "All of it");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${out}\n` });
    const page = readFileSync(out, "utf8");
    expect(page.includes("<script") || page.includes("<img")).toBe(false);
    for (const id of ["fleet", "fleet-promises", "comparison-1", "transition-1", "schedule-1", "interference-1"]) {
      expect(page.includes(`<section id="${id}">`), id).toBe(true);
    }
  });

  test("takes several transitions and comparisons, and numbers them", async () => {
    const out = join(folder, "several.html");
    await runCli("report", at("transition"), at("transition"), at("comparison"), "--out", out);
    const page = readFileSync(out, "utf8");
    expect(page).toContain("<h2>Transition 2</h2>");
    expect(page).toContain("<h2>Ways of sharing</h2>");
  });

  test("wants a page for each fleet plan", async () => {
    const { code, stderr } = await runCli("report", at("plan"), at("hostile"), "--out", join(folder, "no.html"));
    expect(code).toBe(2);
    expect(stderr).toContain('names 2 files of kind "fleet-plan", expected at most one; write a page for each');
  });
});

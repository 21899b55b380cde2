import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadJson, type Profile, saveProfile } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { syntheticModesProfile } from "./fixtures/syntheticModesProfile.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const beside = ["--train", "net", "--serve", "serve 20/s 300ms", "--budget", "25"];

let profile: Profile;

beforeAll(() => {
  profile = syntheticModesProfile();
  saveProfile(at("profile"), profile);
});

describe("partitune search, answered from a recorded profile", () => {
  test("prints the choice, the gain, how likely it holds, and every measurement with its reason", async () => {
    const { code, stdout } = await runCli("search", at("profile"), ...beside, "--strategy", "random", "--probes", "6");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^modes, synthetic: .*training rate [\d.]+ minibatches\/s/);
    expect(stdout).toMatch(/the default mode .* so the choice gains/);
    expect(stdout).toMatch(/keeps every budget with probability (> )?[\d.]+ %/);
    expect(stdout).toMatch(/probe +power mode +workload +batch +time +power +why/);
    expect(stdout).toContain("drawn at random");
  });

  test("writes the search and its plan, which show, simulate and verify read", async () => {
    const files = ["--out", at("search.json"), "--plan", at("plan.json")];
    expect(
      await runCli("search", at("profile"), ...beside, "--strategy", "exhaustive", "--probes", "99", ...files),
    ).toMatchObject({ code: 0 });
    const search = loadJson(at("search.json"), "mode-search");
    expect(search).toMatchObject({ status: "feasible", strategy: "exhaustive", synthetic: true });
    const best = Math.max(...search.front.map(({ value }) => value));
    expect(search.choice!.value).toBeLessThanOrEqual(best);
    for (const words of [
      ["show", at("search.json")],
      ["show", at("plan.json")],
      ["simulate", at("plan.json")],
    ]) {
      expect(await runCli(...words)).toMatchObject({ code: 0 });
    }
    const verdict = await runCli("verify", at("plan.json"));
    expect(verdict).toMatchObject({ code: 0 });
    expect(verdict.stdout).toMatch(/serve response.*kept/);
  });

  test("ends with exit code 1 and what is missing where no mode keeps the budget", async () => {
    const { code, stdout } = await runCli(
      "search",
      at("profile"),
      "--train",
      "net",
      "--budget",
      "3",
      "--strategy",
      "gmd",
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/no mode keeps every budget/);
    expect(stdout).toMatch(/too much; raise the budget/);
  });

  test("schedules modes for changing rates from what it has measured", async () => {
    const periods = ["--periods", "1h 5/s, 2h 20/s", "--schedule", at("schedule.json")];
    const { code, stdout } = await runCli("search", at("profile"), ...beside, "--strategy", "random", ...periods);
    expect(code).toBe(0);
    expect(stdout).toMatch(/period 1, 1 h 00 min.*period 2, 2 h 00 min/s);
    expect(loadJson(at("schedule.json"), "mode-schedule").periods).toHaveLength(2);
  });

  test.each<[string, string[], RegExp]>([
    ["neither profile nor executor", ["--train", "net"], /names nothing to measure on/],
    ["both", ["@profile", "--executor", "synthetic-orin", "--train", "net"], /names a profile and an executor/],
    ["a journal for a recording", ["@profile", "--journal", "@j", "--train", "net"], /--journal .*has no effect/],
    ["a margin of all", ["@profile", "--train", "net", "--margin", "1"], /--margin "1"/],
    ["a schedule of nothing", ["@profile", "--train", "net", "--schedule", "@s"], /--schedule .*needs periods/],
    ["no probes", ["@profile", "--train", "net", "--probes", "0"], /--probes "0"/],
    [
      "periods without inference",
      ["@profile", "--train", "net", "--periods", "1h 5/s"],
      /training beside one inference/,
    ],
    ["an executor that is not there", ["--executor", "synthetic-less", "--train", "net"], /synthetic-less/],
  ])("refuses %s", async (_, words, message) => {
    const { code, stderr } = await runCli("search", ...words.map((word) => word.replace("@", `${folder}/`)));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("partitune search on a device", () => {
  const live = ["search", "--executor", "synthetic-orin", "--train", "resnet18-training", "--budget", "20"];

  test("keeps every measurement, and answers from them when it is called again", async () => {
    const words = [...live, "--strategy", "gmd", "--probes", "4", "--journal", at("journal"), "--json"];
    const first = await runCli(...words);
    expect(first).toMatchObject({ code: 0 });
    const lines = readFileSync(join(at("journal"), "journal.jsonl"), "utf8").split("\n").length;
    const again = await runCli(...words);
    const { made: _, ...found } = JSON.parse(first.stdout);
    const { made: __, ...same } = JSON.parse(again.stdout);
    expect(same).toEqual(found);
    const measured = (text: string) => text.split("\n").filter((line) => line.includes('"measured"')).length;
    expect(measured(readFileSync(join(at("journal"), "journal.jsonl"), "utf8"))).toBe(
      measured(
        readFileSync(join(at("journal"), "journal.jsonl"), "utf8")
          .split("\n")
          .slice(0, lines)
          .join("\n"),
      ),
    );
  });
});

describe("partitune evaluate", () => {
  const words = (out: string, ...more: readonly string[]) => [
    "evaluate",
    at("profile"),
    ...["--strategies", "exhaustive,random", "--probes", "3", "--sample", "4", "--budgets", "15..30/5"],
    ...["--threads", "1", "--out", out],
    ...more,
  ];

  test("writes results, an evaluation and a page, and no answer is false", async () => {
    expect(await runCli(...words(at("evaluation")))).toMatchObject({ code: 0 });
    const { summaries, synthetic } = loadJson(join(at("evaluation"), "evaluation.json"), "evaluation");
    expect(synthetic).toBe(true);
    expect(summaries).toHaveLength(2 * 4);
    expect(summaries.every(({ falseAnswers, problems }) => falseAnswers === 0 && problems === 4)).toBe(true);
    const [header, ...rows] = readFileSync(join(at("evaluation"), "results.csv"), "utf8")
      .trim()
      .split("\n");
    expect(header).toMatch(/^kind,problem,budget_w,strategy/);
    expect(rows).toHaveLength(2 * 4 * 4);
    expect(readFileSync(join(at("evaluation"), "index.html"), "utf8")).toContain("Loss against the exact optimum");
  });

  test("goes on after a stop: a torn last line is searched again, finished ones are not", async () => {
    const journal = join(at("evaluation"), "journal.jsonl");
    const whole = readFileSync(journal, "utf8").split("\n");
    rmSync(join(at("evaluation"), "results.csv"));
    const torn = `${whole.slice(0, -2).join("\n")}\n${whole.at(-2)!.slice(0, 20)}`;
    rmSync(journal);
    appendFileSync(journal, torn);
    expect(await runCli(...words(at("evaluation")))).toMatchObject({ code: 0 });
    expect(readFileSync(journal, "utf8").split("\n")).toEqual(whole);
    expect(existsSync(join(at("evaluation"), "results.csv"))).toBe(true);
  });

  test("does not mix two evaluations in one folder", async () => {
    const { code, stderr } = await runCli(...words(at("evaluation"), "--seeds", "2"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/belongs to an evaluation of something else/);
  });

  test("does not mix results of a profile with those of the same profile measured anew", async () => {
    saveProfile(at("grown"), profile);
    const again = ["evaluate", at("grown"), ...words(at("regrown")).slice(2)];
    expect(await runCli(...again)).toMatchObject({ code: 0 });
    saveProfile(at("grown"), { ...profile, measurements: profile.measurements.slice(0, -1) });
    const { code, stderr } = await runCli(...again);
    expect(code).toBe(2);
    expect(stderr).toMatch(/belongs to an evaluation of something else/);
  });

  test.each<[string, string[], RegExp]>([
    [
      "a strategy without what it needs",
      ["--strategies", "nn-k", "--learner", "log-ratio"],
      /starts from another workload/,
    ],
    ["an unknown strategy", ["--strategies", "gmb"], /"gmb", which is no strategy/],
    ["a kind the table cannot have", ["--kinds", "backlogged"], /"backlogged", which the tables do not allow/],
    ["a sample of nothing", ["--sample", "0"], /--sample "0"/],
  ])("refuses %s", async (_, more, message) => {
    const { code, stderr } = await runCli(...words(at("bad")), ...more);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

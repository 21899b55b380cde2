import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson, loadProfile } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";
import { writeWorkloads } from "./fixtures/writeWorkloads.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const profile = at("profile");
const demands = ["--demand", "a 20/s 100ms p95", "--demand", "b 10/s 200ms p99"];

async function done(...words: readonly string[]) {
  const answer = await runCli(...words);
  expect(answer).toMatchObject({ code: 0 });
  return answer;
}

const measure = (out: string, ...words: readonly string[]) =>
  done(
    "profile",
    "--workloads",
    at("workloads.json"),
    "--executor",
    "synthetic",
    "--protocol",
    "quick",
    "--out",
    out,
    ...words,
  );

beforeAll(async () => {
  writeWorkloads(folder);
  await measure(profile, "--batches", "1,2,4");
  await done("fit", profile, "--out", at("surrogate.json"));
  await done("solve", at("surrogate.json"), ...demands, "--out", at("plan.json"), "--problem", at("problem.json"));
});

describe("the flow over files, on a synthetic device", () => {
  test("a campaign measures every workload on every share with its batches, and says where the profile is", async () => {
    const points = loadProfile(profile).measurements.filter((row) => !row.baseline);
    expect(points).toHaveLength(4 * 3 + 4 * 2);
    const again = await measure(profile, "--batches", "1,2,4");
    expect(again.stderr).toContain(`made 0 measurements (24 were there) in ${profile}\n`);
  });

  test("a recording is replayed without naming anything again", async () => {
    const out = at("replayed");
    const { stdout } = await done(
      ...["profile", "--executor", "replay", "--recording", profile, "--protocol", "quick", "--out", out, "--json"],
    );
    const settings = (folderOrText: ReturnType<typeof loadProfile>) =>
      folderOrText.measurements.map((row) => JSON.stringify(row.point)).sort();
    expect(settings(JSON.parse(stdout))).toEqual(settings(loadProfile(profile)));
  });

  test("words say what was fitted, and that it is synthetic", async () => {
    const { stdout } = await done("fit", profile);
    const [title, header, ...rows] = stdout.trim().split("\n");
    expect(title).toBe("synthetic, errors on held-out configurations, intervals at 90 %");
    expect(header).toMatch(/^workload +metric +model +held out/);
    expect(rows.some((row) => /^b +latency_p50_s/.test(row))).toBe(true);
  });

  test("a plan is printed with its proof, its placements and its promises, and saved", async () => {
    const { stdout, stderr } = await done("solve", at("surrogate.json"), ...demands, "--out", at("plan2.json"));
    expect(stdout).toMatch(/^synthetic, power mode default: share [\d.]+ %, proved optimal \(milp\)\n/);
    expect(stdout).toMatch(/a response p95 +≤ 100 ms/);
    expect(stderr).toContain(`wrote ${at("plan2.json")}\n`);
    expect(loadJson(at("plan2.json"), "plan").made.inputs[0]!.name).toBe("surrogate.json");
  });

  test("both methods agree on the value", async () => {
    const values = await Promise.resolve(["milp", "exhaustive"]).then(async (methods) => {
      const found: number[] = [];
      for (const method of methods) {
        const { stdout } = await done("solve", profile, ...demands, "--method", method, "--json");
        found.push(JSON.parse(stdout).optimality.value);
      }
      return found;
    });
    expect(values[0]).toBe(values[1]);
  });

  test("simulate prints what each placement saw", async () => {
    const { stdout } = await done("simulate", at("plan.json"), "--duration", "120", "--out", at("trace.json"));
    expect(stdout).toMatch(/^simulated, synthetic, 120 s, intervals at 99 %\nplacement +requests +failed/);
  });

  test("verify keeps the promises of a plan that was judged while solving", async () => {
    const { stdout } = await done("verify", at("plan.json"), "--seeds", "3", "--out", at("report.json"));
    expect(stdout).toMatch(/^synthetic\npromise +target +predicted +simulated +measured +verdict\n/);
    expect(loadJson(at("report.json"), "report").checks.map((check) => check.verdict)).toEqual(
      Array.from({ length: 6 }, () => "kept"),
    );
  });

  test("report writes one page, into a folder that it makes", async () => {
    const page = at("pages/all.html");
    const { stdout } = await done("report", profile, at("surrogate.json"), at("plan.json"), "--out", page);
    expect(stdout).toBe(`${page}\n`);
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>/i);
  });

  test("a front over metrics needs no demands, one over objectives does", async () => {
    const metrics = await done("solve", profile, "--workload", "a", "--front", "latency_p50_s,throughput_per_s");
    expect(metrics.stdout).toMatch(/^synthetic\non the front +latency_p50_s \(lower is better\)/);
    const plans = await done("solve", profile, ...demands, "--front", "share,latency", "--out", at("front.json"));
    expect(plans.stdout).toContain("share_fraction (lower is better)");
  });

  test.each([
    "profile",
    "surrogate.json",
    "problem.json",
    "plan.json",
    "trace.json",
    "report.json",
    "front.json",
    "workloads.json",
  ])("show prints %s as a table, and as JSON", async (name) => {
    expect((await done("show", at(name))).stdout).not.toContain("undefined");
    const { stdout } = await done("show", at(name), "--json");
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toHaveProperty("kind");
  });

  test.each([
    ["fit", () => ["fit", profile, "--json"], "surrogate"],
    ["solve", () => ["solve", profile, ...demands, "--json"], "plan"],
    ["simulate", () => ["simulate", at("plan.json"), "--duration", "60", "--json"], "trace"],
    ["verify", () => ["verify", at("plan.json"), "--seeds", "2", "--json"], "report"],
  ])("%s --json writes nothing to stdout but one JSON value", async (_, words, kind) => {
    expect(JSON.parse((await done(...words())).stdout)).toMatchObject({ kind });
  });
});

describe("an honest no", () => {
  test("of a demand that nobody can meet names what binds, as words and as data", async () => {
    const { code, stdout, stderr } = await runCli("solve", profile, "--demand", "a 2000/s 100ms p95", "--json");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^infeasible: no plan meets all demands\n {2}"a" has no admissible choice: .*requests\/s can be sustained/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      status: "infeasible",
      reasons: [{ workload: "a", constraint: "rate" }],
    });
  });

  test("of a front without a point gives the same reason", async () => {
    const { code, stderr } = await runCli("solve", profile, "--demand", "a 20/s 1ms p95", "--front", "share,latency");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^infeasible: no plan meets all demands\n {2}"a" has no admissible choice: .*deadline/);
  });

  test("of a target that cannot carry a plan says why, and nothing is written", async () => {
    const { code, stdout, stderr } = await runCli("emit", at("plan.json"), "--out", at("deploy"));
    expect({ code, stdout, written: existsSync(at("deploy")) }).toEqual({ code: 1, stdout: "", written: false });
    expect(stderr).toMatch(/^refused: placement "a": workload "a" is synthetic: /);
  });

  test("of a live measurement of a formula is the same no", async () => {
    const { code, stderr } = await runCli("verify", at("plan.json"), "--live", "--folder", at("live"));
    expect(code).toBe(1);
    expect(stderr).toContain('partitune: plan "live" cannot be deployed:\n  placement "a": workload "a" is synthetic');
  });

  test("of a plan whose promise breaks is exit code 1", async () => {
    const { code, stdout } = await runCli(
      ...["solve", at("surrogate.json"), "--demand", "a 150/s 60ms p99", "--rule", "latency-only", "--no-judge"],
      ...["--out", at("bold.json")],
    );
    expect({ code, found: stdout.includes("a response p99") }).toEqual({ code: 0, found: true });
    const verdict = await runCli("verify", at("bold.json"), "--seeds", "3");
    expect(verdict.code).toBe(1);
    expect(verdict.stdout).toContain("broken");
  });
});

test("no command leaves anything but what it was asked to write", () => {
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

/** A synthetic trace of three steps with one kernel of 10 µs each, launched 100 µs after the step began, and one outside. */
const events = [0, 1, 2, 3].flatMap((step) => [
  ...(step < 3 ? [{ cat: "user_annotation", name: `ProfilerStep#${step}`, ts: 1000 * step, dur: 900, args: {} }] : []),
  ...[100, 400].flatMap((offset, i) => [
    {
      cat: "cuda_runtime",
      name: "cudaLaunchKernel",
      ts: 1000 * step + offset,
      dur: 3,
      args: { correlation: 2 * step + i },
    },
    {
      cat: "kernel",
      name: "k",
      ts: 1000 * step + offset + 5,
      dur: 10,
      args: { device: 0, stream: 7, correlation: 2 * step + i },
    },
  ]),
]);
const synthetic = JSON.stringify({ traceEvents: events.map((event) => ({ ph: "X", ...event })) });

function write(text: string): { readonly trace: string; readonly out: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "synthetic.json"), text);
  return { trace: join(folder, "synthetic.json"), out: join(folder, "out.kernels.json") };
}

describe("import kernels", () => {
  test("saves what ran, and prints how busy the device was and what was left out", async () => {
    const { trace, out } = write(synthetic);
    const answer = await runCli("import", "kernels", trace, "--task", "toy", "--out", out);
    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(/^toy on a device that the trace does not name, from kineto\n/);
    expect(answer.stdout).toMatch(/steps +3\noperations per step +2\nidentities \(name, grid, block\) +1\n/);
    expect(answer.stdout).toMatch(/busy share inside steps +6.45 %/);
    expect(answer.stdout).toMatch(/nothing more launched +290 µs/);
    expect(answer.stdout).toMatch(/operations launched outside all steps +2\n/);
    expect(answer.stderr).toContain("warning: synthetic.json: traced-idle-times");
    expect(loadJson(out, "kernel-trace")).toMatchObject({
      task: "toy",
      made: { inputs: [{ name: "synthetic.json" }] },
    });
  });

  test("skips steps, takes other steps or the whole trace, and prints JSON", async () => {
    const { trace, out } = write(synthetic);
    const stepsOf = async (...options: readonly string[]) => {
      const words = ["import", "kernels", trace, "--task", "toy", "--out", out, "--json", ...options];
      const answer = await runCli(...words);
      return (JSON.parse(answer.stdout) as { steps: { identities: unknown[] }[] }).steps.map(
        (step) => step.identities.length,
      );
    };
    expect(await stepsOf("--skip-steps", "1", "--format", "kineto", "--device", "0")).toEqual([2, 2]);
    expect(await stepsOf("--whole-trace")).toEqual([8]);
    expect(await stepsOf("--step-marker", "ProfilerStep")).toEqual([2, 2, 2]);
  });

  test("answers no to a sound file that holds nothing, and writes none", async () => {
    const { trace, out } = write('{"traceEvents": []}');
    const answer = await runCli("import", "kernels", trace, "--task", "toy", "--out", out);
    expect(answer).toMatchObject({ code: 1, stdout: "" });
    expect(answer.stderr).toMatch(/nothing to import: "synthetic.json" holds no operation of a device/);
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    [synthetic, ["--device", "x"], /option --device "x" is not a whole number from 0 on/],
    [synthetic, ["--device", "5"], /device 5 ran nothing in "synthetic.json"; choose one of 0/],
    [synthetic, ["--skip-steps", "3"], /holds only 3 steps, all of which are skipped/],
    [synthetic, ["--step-marker", "a", "--whole-trace"], /has both --step-marker and --whole-trace/],
    [synthetic, ["--format", "other"], /"other" is invalid; choose one of .*kineto/],
    ["no trace", [], /is of no format that is known here; give a trace of one of .*kineto/],
  ])("refuses bad input %#", async (text, options, message) => {
    const { trace, out } = write(text);
    const answer = await runCli("import", "kernels", trace, "--task", "toy", "--out", out, ...options);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(message);
  });
});

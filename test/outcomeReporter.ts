import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { root } from "./readSources.ts";
import type { Outcome } from "./summarise.ts";

/** The environment variable that names the file the outcomes are written to. */
export const outcomesVariable = "PARTITUNE_TEST_OUTCOMES";

/** Writes how every test ended, for whoever runs vitest: its own report leaves out why a test was skipped. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly StrayError[]): void {
    const outcomes = [...modules.flatMap(moduleOutcomes), ...unhandled.map(unhandledOutcome)];
    writeFileSync(process.env[outcomesVariable]!, JSON.stringify(outcomes));
  }
}

function moduleOutcomes(module: TestModule): readonly Outcome[] {
  const file = relative(root, module.moduleId);
  const broken = module.errors().map((error) => failed(file, error.message));
  return [...broken, ...[...module.children.allTests()].map((test) => testOutcome(file, test))];
}

function testOutcome(file: string, test: TestCase): Outcome {
  const name = `${file} > ${test.fullName}`;
  const result = test.result();
  if (result.state === "passed") return { name, state: "passed" };
  if (result.state === "failed") return failed(name, result.errors[0]?.message ?? "no message");
  if (result.state === "pending") return failed(name, "did not end");
  return result.note === undefined ? { name, state: "skipped" } : { name, state: "skipped", reason: result.note };
}

/** An error that no test is to blame for: thrown late, or the death of a worker process. */
interface StrayError {
  readonly message: string;
  readonly cause?: unknown;
}

function unhandledOutcome({ message, cause }: StrayError): Outcome {
  const because = typeof cause === "object" && cause !== null && "message" in cause ? `: ${cause.message}` : "";
  return failed("an error outside of any test", `${message}${because}`);
}

function failed(name: string, reason: string): Outcome {
  return { name, state: "failed", reason };
}

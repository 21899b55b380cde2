import { describe, expect, test } from "vitest";
import { usageError } from "../../packages/cli/src/usageError.ts";

describe("usageError", () => {
  test.each([
    ["error: unknown option '--sed'\n(Did you mean --seed?)", 'unknown option "--sed"; did you mean "--seed"?'],
    ["error: unknown command 'frob'", 'unknown command "frob"; see partitune fit --help'],
    [
      "error: unknown option '--s'\n(Did you mean one of --seed, --out?)",
      'unknown option "--s"; did you mean "--seed", "--out"?',
    ],
    ["error: option '--out <file>' argument missing", 'option "--out <file>" has no value; see partitune fit --help'],
    [
      "error: option '--method <name>' argument 'foo' is invalid. Allowed choices are milp, exhaustive.",
      'option "--method <name>" argument "foo" is invalid; choose one of milp, exhaustive',
    ],
    [
      "error: too many arguments for 'fit'. Expected 1 argument but got 2: a, b.",
      'too many arguments for "fit", expected 1 argument but got 2: a, b; see partitune fit --help',
    ],
    ["error: unknown option '--a\u001b[2J\nb'", 'unknown option "--a\\x1b[2J\\x0ab"; see partitune fit --help'],
  ])("rewrites %j", (message, expected) => {
    expect(usageError(message, "partitune fit")).toBe(expected);
  });
});

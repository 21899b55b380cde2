import type { z } from "zod";
import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import { knownFields } from "./knownFields.ts";
import { nearest } from "./nearest.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks a value against a schema and returns it with the schema's defaults filled in.
 *
 * @param file  the file it came from, for the message
 * @throws InputError for the first field that is wrong: its path, what was found, what was expected, what to do
 */
export function checkContent<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = guarded(schema, value, file);
  if (result.success) return result.data;
  throw toInputError(schema, value, file, result.error.issues);
}

function guarded<T>(schema: z.ZodType<T>, value: unknown, file: string): z.ZodSafeParseResult<T> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError({
      what: "the content",
      problem: "is nested too deeply to be read",
      advice: "check that this is the right file",
      where: { file },
    });
  }
}

function toInputError(schema: z.ZodType, value: unknown, file: string, issues: readonly Issue[]): InputError {
  const issue = issues.find((one) => one.code === "unrecognized_keys") ?? issues[0]!; // a typing error explains the missing field
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const what = path.length === 0 ? "the content" : `field "${formatPath(path)}"`;
  const parts =
    unknown === undefined
      ? wrongValue(issue, valueAt(value, issue.path))
      : unknownField(unknown, knownFields(schema, value, issue.path));
  return new InputError({
    what,
    problem: parts.problem,
    advice: `${parts.advice}${others(issues, issue)}`,
    where: { file },
  });
}

/** How many other fields are wrong, so that nobody believes that one correction is enough. */
function others(issues: readonly Issue[], named: Issue): string {
  const wrong = new Set(issues.filter((issue) => issue !== named).map((issue) => formatPath(issue.path)));
  wrong.delete(formatPath(named.path));
  if (wrong.size === 0) return "";
  return wrong.size === 1 ? " (1 more field is wrong)" : ` (${wrong.size} more fields are wrong)`;
}

function wrongValue(issue: Issue, found: unknown) {
  const expected = expectedBy(issue);
  return found === undefined
    ? { problem: `is missing, expected ${expected}`, advice: "add it" }
    : { problem: `is ${describeFound(found)}, expected ${expected}`, advice: "correct it" };
}

function unknownField(field: string, known: readonly string[]) {
  const near = nearest(field, known);
  const list = known.map((name) => `"${name}"`).join(", ");
  return {
    problem: "is not known",
    advice: near === undefined ? `remove it, or use one of ${list}` : `did you mean "${near}"?`,
  };
}

/** A path as people write it, e.g. `demands[2].deadlineSeconds`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      const name = describeFound(String(step)).slice(1, -1);
      return i === 0 ? name : `.${name}`;
    })
    .join("");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeWords[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union":
      return unionForms(issue);
    case "too_small":
      return atLeast(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return atMost(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_format":
      return issue.format === "datetime" ? 'a UTC time such as "2026-01-31T12:00:00Z"' : lowered(issue.message);
    default:
      return lowered(issue.message);
  }
}

function unionForms(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.inclusive !== false && issue.options !== undefined) return oneOf(issue.options);
  return [...new Set(issue.errors.map((branch) => expectedBy(branch[0]!)))].join(" or ");
}

function atLeast(origin: string, limit: number, inclusive: boolean): string {
  if (origin === "string") return `text of at least ${limit} character${limit === 1 ? "" : "s"}`;
  if (origin === "array") return limit === 1 ? "at least one entry" : `at least ${limit} entries`;
  return inclusive ? `a number of at least ${limit}` : `a number above ${limit}`;
}

function atMost(origin: string, limit: number, inclusive: boolean): string {
  if (origin === "string") return `text of at most ${limit} characters`;
  if (origin === "array") return `at most ${limit} entries`;
  return inclusive ? `a number of at most ${limit}` : `a number below ${limit}`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

function lowered(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

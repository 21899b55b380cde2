import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { checkWritable, describeInput, digest, fileProblem, InputError } from "@partitune/schema";
import type { SearchScore } from "@partitune/solver";
import type { TaskResult } from "./evaluationPool.ts";
import type { EvaluationRequest } from "./evaluationRequest.ts";
import type { EvaluationTask, ProblemPlace } from "./evaluationTasks.ts";

/** A score as it stands in the journal; JSON has no infinity for a queue that grows without end. */
type Line = readonly [
  status: SearchScore["status"],
  value: number | null,
  loss: number | null,
  isFalse: boolean,
  freshUse: number | "endless" | null,
  modesMeasured: number,
  runs: number,
];

const journalName = "journal.jsonl";

/** Finished tasks on disk: what a stopped evaluation goes on from. */
export interface EvaluationJournal {
  /** Task → its scores, in the order of the task's places. */
  readonly finished: ReadonlyMap<string, readonly SearchScore[]>;
  add(result: TaskResult): void;
}

/**
 * Opens the journal of an evaluation in its folder, with the tasks that an earlier run finished; a line that a stop cut short is left out.
 *
 * @throws InputError when the folder holds another evaluation, or cannot be written
 */
export function openEvaluationJournal(folder: string, request: EvaluationRequest): EvaluationJournal {
  const file = join(folder, journalName);
  const identity = identityOf(request);
  const finished = new Map<string, readonly SearchScore[]>();
  checkWritable(file);
  if (existsSync(file)) {
    for (const entry of readLines(file)) {
      if ("request" in entry) checkSame(file, entry.request, identity);
      else finished.set(entry.task, entry.scores.map(toScore));
    }
  } else appendLine(file, { request: identity });
  return {
    finished,
    add: ({ id, scores }) => {
      appendLine(file, { task: id, scores: scores.map(({ score }) => toLine(score)) });
      finished.set(
        id,
        scores.map(({ score }) => score),
      );
    },
  };
}

type Entry = { readonly request: string } | { readonly task: string; readonly scores: readonly Line[] };

/** Whole lines; what follows the last of them is cut off, so that the next line starts afresh. */
function readLines(file: string): readonly Entry[] {
  const text = readFileSync(file, "utf8");
  const end = text.lastIndexOf("\n") + 1;
  if (end < text.length) truncateSync(file, Buffer.byteLength(text.slice(0, end)));
  return text
    .slice(0, end)
    .split("\n")
    .filter((line) => line !== "")
    .map((line, i) => parseLine(file, line, i + 1));
}

function parseLine(file: string, line: string, number: number): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    throw new InputError({
      what: `${file}, line ${number}`,
      problem: "cannot be read as JSON",
      advice: "remove the line; its searches are done again",
    });
  }
}

function checkSame(file: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new InputError({
    what: file,
    problem: "belongs to an evaluation of something else",
    advice: "name another folder with --out, or repeat the command it was made with",
  });
}

/** A profile counts by what it holds, not by its path: measured anew, its searches are done anew. */
function identityOf(request: EvaluationRequest): string {
  const { source } = request;
  return digest(source.kind === "profile" ? { ...request, source: describeInput(source.path).sha256 } : request);
}

function appendLine(file: string, entry: Entry): void {
  try {
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    throw fileProblem(file, error);
  }
}

function toLine(score: SearchScore): Line {
  const { status, value, loss, isFalse, freshUse, modesMeasured, runs } = score;
  return [
    status,
    value,
    loss,
    isFalse,
    freshUse === Number.POSITIVE_INFINITY ? "endless" : freshUse,
    modesMeasured,
    runs,
  ];
}

function toScore([status, value, loss, isFalse, use, modesMeasured, runs]: Line): SearchScore {
  const freshUse = use === "endless" ? Number.POSITIVE_INFINITY : use;
  return { status, value, loss, isFalse, freshUse, modesMeasured, runs };
}

/** A problem that was searched, named for the table of results. */
export interface SearchedProblem {
  readonly task: EvaluationTask;
  readonly place: ProblemPlace;
  readonly score: SearchScore;
}

/** All searches of the finished tasks, in the order of the tasks. */
export function* searchedProblems(
  tasks: readonly EvaluationTask[],
  { finished }: EvaluationJournal,
): Generator<SearchedProblem> {
  for (const task of tasks) {
    const scores = finished.get(task.id) ?? [];
    for (const [i, score] of scores.entries()) yield { task, place: task.places[i]!, score };
  }
}

import { parentPort, workerData } from "node:worker_threads";
import { learningStrategies, openLearner } from "../learners.ts";
import type { EvaluationRequest } from "./evaluationRequest.ts";
import type { EvaluationTask } from "./evaluationTasks.ts";
import { loadTables } from "./loadTables.ts";
import { taskRunner } from "./runTask.ts";

// A thread of the pool: takes tasks, answers with their scores, until it is stopped.

const request = workerData as EvaluationRequest;
const needsLearner = request.strategies.some((strategy) => learningStrategies.includes(strategy));
const learner = needsLearner ? await openLearner(request.learner) : null;
const run = taskRunner(request, (seed) => loadTables(request.source, seed), learner);

parentPort!.on("message", (task: EvaluationTask) => {
  parentPort!.postMessage({ id: task.id, scores: run(task) });
});

import { parentPort, workerData } from "node:worker_threads";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { boardFiles } from "./boardFiles.ts";
import type { SamplerOrder } from "./boardSampler.ts";
import { sampleBoard } from "./sampleBoard.ts";

// Reading a power monitor takes up to a few milliseconds, which the thread that times batches must not spend.
const { root, sensors, periodSeconds } = workerData as SamplerOrder;
const files = boardFiles(root);
const say = () => parentPort!.postMessage(sampleBoard(files, sensors, monotonicSeconds));
const timer = setInterval(say, periodSeconds * 1e3);
parentPort!.on("message", (message: "sample" | "stop") => {
  if (message === "sample") return say();
  clearInterval(timer);
  parentPort!.close();
});
say();

import { Console } from "node:console";
import { describeError } from "./describeError.ts";
import { say, serveWorker } from "./serveWorker.ts";
import { openTensorflow } from "./tensorflow/openTensorflow.ts";
import { openTensorflowModel } from "./tensorflow/openTensorflowModel.ts";
import { parseTensorflowOptions } from "./tensorflow/parseTensorflowOptions.ts";

// TensorFlow.js talks on the console, whose output is the protocol's.
globalThis.console = new Console(process.stderr);
try {
  const options = parseTensorflowOptions(process.argv.slice(2));
  const opened = await openTensorflow(options);
  process.stderr.write(`${opened.summary}\n`);
  serveWorker(await openTensorflowModel(opened, options));
} catch (error) {
  const described = describeError(error);
  say({ type: "error", ...described });
  process.stderr.write(`${described.message}\n`);
  process.exit(2);
}

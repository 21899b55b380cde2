import { describeError } from "./describeError.ts";
import { openOnnxModel } from "./openOnnxModel.ts";
import { parseWorkerOptions } from "./parseWorkerOptions.ts";
import { say, serveWorker } from "./serveWorker.ts";

try {
  serveWorker(await openOnnxModel(parseWorkerOptions(process.argv.slice(2))));
} catch (error) {
  const described = describeError(error);
  say({ type: "error", ...described });
  process.stderr.write(`${described.message}\n`);
  process.exit(2);
}

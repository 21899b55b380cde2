import { execFileSync } from "node:child_process";
import type { LoadRequest } from "./load.ts";
import { raisePriority } from "./raisePriority.ts";
import { runLoad } from "./runLoad.ts";

/**
 * The load generator's own process: takes one load from its parent, sends back progress and samples, and ends with its parent.
 */
goFirst();
process.once("disconnect", () => process.exit(1));
process.once("message", (load: LoadRequest) => {
  runLoad(load, (progress) => process.send!({ progress })).then(
    (samples) => process.send!({ samples }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
});

/**
 * A request sent late falsifies what is measured, so this process, which sleeps almost always, runs before the workers where it
 * may: as a real-time process where `chrt` and the rights are there, else with a higher priority. Without the rights it goes on
 * as it is; lateness is measured and told either way. On two busy cores, lateness at the p99 was 154 ms without, some
 * milliseconds with a higher priority, and 0.3 ms as a real-time process.
 */
function goFirst(): void {
  try {
    execFileSync("chrt", ["--all-tasks", "--rr", "--pid", "1", String(process.pid)], { stdio: "ignore" });
  } catch {
    raisePriority();
  }
}

import { setPriority } from "node:os";
import type { LoadRequest } from "./load.ts";
import { runLoad } from "./runLoad.ts";

/**
 * The load generator's own process: takes one load from its parent, sends back progress and samples, and ends with its parent.
 * It sleeps almost always; a request sent late would falsify what is measured, so it goes before the workers where it may.
 */
const higherPriority = -10;

try {
  setPriority(higherPriority);
} catch {
  // Needs rights that are not always there; lateness is measured and told either way.
}
process.once("disconnect", () => process.exit(1));
process.once("message", (load: LoadRequest) => {
  runLoad(load, (progress) => process.send!({ progress })).then(
    (samples) => process.send!({ samples }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
});

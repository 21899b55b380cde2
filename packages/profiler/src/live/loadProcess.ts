import { goFirst } from "./goFirst.ts";
import type { LoadRequest } from "./load.ts";
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

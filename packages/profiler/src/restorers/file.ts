import { constants } from "node:fs";
import { access, open, readFile } from "node:fs/promises";
import { describeFailure } from "./describeFailure.ts";
import type { ReadBack, Restorer, StepOf } from "./restorer.ts";

/** Files of /sys and /proc: one write, and what is read afterwards must be what was written. */
export const file: Restorer<StepOf<"file">> = {
  async doubt({ path }) {
    return access(path, constants.W_OK).then(() => undefined, describeFailure);
  },
  async readBack({ path, text }) {
    return compare((await readFile(path, "utf8")).trim(), text.trim());
  },
  async restore({ path, text }) {
    // No O_CREAT: a file that is gone is not made anew, since it would be no setting of anything.
    const handle = await open(path, constants.O_WRONLY | constants.O_TRUNC);
    await handle.writeFile(text).finally(() => handle.close());
  },
};

/** Files of choices list all of them and put brackets around the one that is set. */
function compare(found: string, wanted: string): ReadBack {
  const chosen = /\[([^\]]*)\]/.exec(found)?.[1];
  return found === wanted || chosen === wanted ? "back" : { differs: `it reads "${found.slice(0, 100)}"` };
}

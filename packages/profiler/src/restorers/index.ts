import type { RestoreStep } from "@partitune/schema";
import { card } from "./card.ts";
import { command } from "./command.ts";
import { file } from "./file.ts";
import { folder } from "./folder.ts";
import type { Restorer, StepOf } from "./restorer.ts";
import { startedProcess } from "./startedProcess.ts";

/** How each kind of change is put back. */
export const restorers = {
  file,
  card,
  command,
  folder,
  process: startedProcess,
} as const satisfies { readonly [K in RestoreStep["kind"]]: Restorer<StepOf<K>> };

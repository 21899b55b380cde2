import { importTable } from "./table.ts";
import { importZeus } from "./zeus.ts";

/** Tables measured by others → profiles. */
export const importers = { zeus: importZeus, table: importTable } as const;

import { importDemands } from "./demands.ts";
import { importNexus } from "./nexus.ts";
import { importTable } from "./table.ts";
import { importZeus } from "./zeus.ts";

/** Tables of others → profiles and demands. */
export const importers = { zeus: importZeus, nexus: importNexus, table: importTable, demands: importDemands } as const;

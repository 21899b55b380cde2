import { resolve } from "node:path";

/** The folder in which partitune is installed: workers are started from there. */
export const home = resolve(import.meta.dirname, "../../..");

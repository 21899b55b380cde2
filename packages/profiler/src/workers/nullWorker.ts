import { serveWorker } from "./serveWorker.ts";

/** Does nothing, by the same path as a network: what its batches take is what the path costs. */
serveWorker({ name: "null", inputs: [], prepare() {}, async run() {} }, undefined);

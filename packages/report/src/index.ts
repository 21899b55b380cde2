// Pictures: data in, display out
export { type Display, jupyterDisplay } from "./display.ts";
export { plots } from "./plots/index.ts";
export type { KernelTimelineOptions } from "./plots/kernelTimeline.ts";
export type { SampleRun } from "./plots/runSequence.ts";
// Pages
export { renderReport } from "./renderReport.ts";
export type { ReportInput } from "./reportInput.ts";

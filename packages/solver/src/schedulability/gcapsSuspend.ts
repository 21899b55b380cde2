import { gcapsSuspendTerms } from "../gcapsSuspendTerms.ts";
import { respondGcaps } from "../respondGcaps.ts";
import type { Analysis } from "./analysis.ts";

export const gcapsSuspend: Analysis = {
  title: "preemptive priorities on the accelerator (GCAPS), tasks sleep meanwhile",
  proof: "published",
  analyse: (set) => respondGcaps(set, gcapsSuspendTerms),
};

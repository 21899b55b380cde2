import { gcapsBusyTerms } from "../gcapsBusyTerms.ts";
import { respondGcaps } from "../respondGcaps.ts";
import type { Analysis } from "./analysis.ts";

export const gcapsBusy: Analysis = {
  title: "preemptive priorities on the accelerator (GCAPS), tasks wait busily",
  proof: "published",
  analyse: (set) => respondGcaps(set, gcapsBusyTerms),
};

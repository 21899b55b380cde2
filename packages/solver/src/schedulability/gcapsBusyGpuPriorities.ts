import { gcapsBusyTerms } from "../gcapsBusyTerms.ts";
import { withGpuPriorities } from "../withGpuPriorities.ts";
import type { Analysis } from "./analysis.ts";

export const gcapsBusyGpuPriorities: Analysis = {
  title: "GCAPS with priorities of its own on the accelerator where that is needed, tasks wait busily",
  proof: "published",
  analyse: (set) => withGpuPriorities(set, gcapsBusyTerms),
};

import { gcapsSuspendTerms } from "../gcapsSuspendTerms.ts";
import { withGpuPriorities } from "../withGpuPriorities.ts";
import type { Analysis } from "./analysis.ts";

export const gcapsSuspendGpuPriorities: Analysis = {
  title: "GCAPS with priorities of its own on the accelerator where that is needed, tasks sleep meanwhile",
  proof: "published",
  analyse: (set) => withGpuPriorities(set, gcapsSuspendTerms),
};

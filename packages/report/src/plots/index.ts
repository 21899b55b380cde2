import { clusterPicture } from "./clusterPicture.ts";
import { deadlineAttainment } from "./deadlineAttainment.ts";
import { evaluationLosses } from "./evaluationLosses.ts";
import { interferenceErrors } from "./interferenceErrors.ts";
import { kernelFillFront } from "./kernelFillFront.ts";
import { kernelGaps } from "./kernelGaps.ts";
import { kernelSharingBars } from "./kernelSharingBars.ts";
import { kernelTimeline } from "./kernelTimeline.ts";
import { latencyByShare } from "./latencyByShare.ts";
import { measuredFront } from "./measuredFront.ts";
import { overlapCompletions } from "./overlapCompletions.ts";
import { paretoFront } from "./paretoFront.ts";
import { planPicture } from "./planPicture.ts";
import { predictedMeasured } from "./predictedMeasured.ts";
import { residuals } from "./residuals.ts";
import { responseBreakdown } from "./responseBreakdown.ts";
import { responseDistribution } from "./responseDistribution.ts";
import { responseTimeBars } from "./responseTimeBars.ts";
import { runSequence } from "./runSequence.ts";
import { schedulabilityCurves } from "./schedulabilityCurves.ts";
import { scheduleOverTime } from "./scheduleOverTime.ts";
import { searchProbes } from "./searchProbes.ts";
import { shareBatchMap } from "./shareBatchMap.ts";
import { sharedLatency } from "./sharedLatency.ts";
import { sharingOverTime } from "./sharingOverTime.ts";
import { throughputLatency } from "./throughputLatency.ts";
import { transitionSteps } from "./transitionSteps.ts";

/** Every picture that can be drawn; each is a pure function from our files to a display. */
export const plots = {
  latencyByShare,
  shareBatchMap,
  throughputLatency,
  predictedMeasured,
  residuals,
  paretoFront,
  planPicture,
  responseDistribution,
  responseBreakdown,
  runSequence,
  searchProbes,
  measuredFront,
  evaluationLosses,
  sharedLatency,
  clusterPicture,
  deadlineAttainment,
  interferenceErrors,
  scheduleOverTime,
  sharingOverTime,
  transitionSteps,
  kernelTimeline,
  kernelGaps,
  kernelSharingBars,
  kernelFillFront,
  overlapCompletions,
  responseTimeBars,
  schedulabilityCurves,
} as const;

import { evaluationLosses } from "./evaluationLosses.ts";
import { latencyByShare } from "./latencyByShare.ts";
import { measuredFront } from "./measuredFront.ts";
import { paretoFront } from "./paretoFront.ts";
import { planPicture } from "./planPicture.ts";
import { predictedMeasured } from "./predictedMeasured.ts";
import { residuals } from "./residuals.ts";
import { responseBreakdown } from "./responseBreakdown.ts";
import { responseDistribution } from "./responseDistribution.ts";
import { runSequence } from "./runSequence.ts";
import { searchProbes } from "./searchProbes.ts";
import { shareBatchMap } from "./shareBatchMap.ts";
import { sharedLatency } from "./sharedLatency.ts";
import { throughputLatency } from "./throughputLatency.ts";

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
} as const;

import type { Model } from "../model.ts";
import { amdahl } from "./amdahl.ts";
import { exponential } from "./exponential.ts";
import { gaussianProcess } from "./gaussianProcess.ts";
import { interpolation } from "./interpolation.ts";
import { launchBound } from "./launchBound.ts";
import { linear } from "./linear.ts";
import { polynomial } from "./polynomial.ts";
import { power } from "./power.ts";
import { quadratic } from "./quadratic.ts";
import { quota } from "./quota.ts";
import { robust } from "./robust.ts";

/** The shelf of models, the simplest and best founded first: of two that predict equally well, the earlier is chosen. */
export const models: Readonly<Record<string, Model>> = {
  amdahl,
  power,
  robust,
  exponential,
  linear,
  polynomial,
  "launch-bound": launchBound,
  quota,
  quadratic,
  interpolation,
  "gaussian-process": gaussianProcess,
};

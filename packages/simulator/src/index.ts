// Playing a plan against load

export { type SharingName, sharingLaws } from "./sharing/index.ts";
export type { Sharer, SharingLaw } from "./sharing/sharingLaw.ts";
export { type SimulateOptions, simulate } from "./simulate.ts";
export type { ScalingPoint } from "./toSharer.ts";
export type { Sharing } from "./toSpeeds.ts";
export type { Length } from "./windowOf.ts";

// Judging a plan

export { type AcceptOptions, accept, type Rejection } from "./accept.ts";
export { freshSeeds, searchSeeds } from "./seeds.ts";
export { type VerifyOptions, verify } from "./verify.ts";

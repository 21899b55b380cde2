// Launching
export { type CpuQuota, cpuQuota, defaultPeriodSeconds } from "./cpuQuota.ts";
// Emitting
export type { DeployablePlan, Emission, EmitOptions, EmittedFile, Refusal, Target } from "./emission.ts";
export { emit } from "./emit.ts";
export {
  engineCommand,
  type Join,
  joinCgroupsText,
  joinCommand,
  type LaunchCommand,
  type LaunchOptions,
} from "./launch.ts";
// Text of others in Markdown
export { markdownCode } from "./markdownCode.ts";
export { markdownText } from "./markdownText.ts";
// Shell text
export { planId } from "./planId.ts";
export { shellQuote } from "./shellQuote.ts";
// Cards
export { cardHostThreads } from "./targets/fleet/tenantCommand.ts";
export { type TargetName, targets } from "./targets/index.ts";
export { clientPercentage } from "./targets/mps/clientPercentage.ts";
// The boards' own file of power modes
export {
  type NvpmodelConf,
  type NvpmodelParameter,
  type PowerModel,
  parseNvpmodel,
} from "./targets/nvpmodel/parseNvpmodel.ts";
export { patchNvpmodel, unpatchNvpmodel } from "./targets/nvpmodel/patchNvpmodel.ts";
export { type ReadableSetting, type Translation, toPowerModel } from "./targets/nvpmodel/toPowerModel.ts";
// Traced tasks for others' schedulers
export { type OrionCsv, toOrionCsv } from "./targets/orion/toOrionCsv.ts";

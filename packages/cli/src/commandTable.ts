import type { Command } from "commander";

/** A command as the help lists it. Its code and its package are loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** One command per arrow of the flow, in the order of the flow. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "quickstart",
    summary: "measure three networks on this machine's processor, plan, deploy and verify",
    load: async () => (await import("./commands/quickstart.ts")).quickstartCommand(),
  },
  {
    name: "profile",
    summary: "measure workloads on partitions and batch sizes; resumes where it stopped",
    load: async () => (await import("./commands/profile.ts")).profileCommand(),
  },
  {
    name: "record",
    summary: "record a whole device within a given time: its pieces, pairs and kernels",
    load: async () => (await import("./commands/record.ts")).recordCommand(),
  },
  {
    name: "import",
    summary: "make profiles, demands and kernel traces from what others measured",
    load: async () => (await import("./commands/import.ts")).importCommand(),
  },
  {
    name: "fit",
    summary: "fit a profile into a surrogate that predicts with error bars",
    load: async () => (await import("./commands/fit.ts")).fitCommand(),
  },
  {
    name: "interference",
    summary: "fit how workloads on pieces of one card slow each other down",
    load: async () => (await import("./commands/interference.ts")).interferenceCommand(),
  },
  {
    name: "solve",
    summary: "find the best plan for demands, with a proof or a bound; or the Pareto front",
    load: async () => (await import("./commands/solve.ts")).solveCommand(),
  },
  {
    name: "pack",
    summary: "plan which services run on which piece of which GPU, on as few as possible, with a bound",
    load: async () => (await import("./commands/pack.ts")).packCommand(),
  },
  {
    name: "replan",
    summary: "change a running fleet plan as little as possible for new demands, with the steps there",
    load: async () => (await import("./commands/replan.ts")).replanCommand(),
  },
  {
    name: "search",
    summary: "find the best power mode and minibatches with few measurements",
    load: async () => (await import("./commands/search.ts")).searchCommand(),
  },
  {
    name: "evaluate",
    summary: "compare search strategies with the exact optimum over a grid of power-mode problems",
    load: async () => (await import("./commands/evaluate.ts")).evaluateCommand(),
  },
  {
    name: "simulate",
    summary: "play a plan against request arrivals",
    load: async () => (await import("./commands/simulate.ts")).simulateCommand(),
  },
  {
    name: "verify",
    summary: "judge a plan's promises on fresh seeds; --live deploys and measures it",
    load: async () => (await import("./commands/verify.ts")).verifyCommand(),
  },
  {
    name: "compare",
    summary: "the same requests with a fleet plan's partitions and without: default MPS, time slicing",
    load: async () => (await import("./commands/compare.ts")).compareCommand(),
  },
  {
    name: "emit",
    summary: "write a plan as the scripts that check, start and stop it",
    load: async () => (await import("./commands/emit.ts")).emitCommand(),
  },
  {
    name: "report",
    summary: "one HTML page from profiles, surrogates, plans and reports",
    load: async () => (await import("./commands/report.ts")).reportCommand(),
  },
  {
    name: "kernels",
    summary: "profile kernels, fill the gaps between them, simulate that, and bound response times",
    load: async () => (await import("./commands/kernels.ts")).kernelsCommand(),
  },
  {
    name: "layouts",
    summary: "which pieces a card can be cut into, and why some do not fit",
    load: async () => (await import("./commands/layouts.ts")).layoutsCommand(),
  },
  {
    name: "restore",
    summary: "put devices back that a killed measurement left changed",
    load: async () => (await import("./commands/restore.ts")).restoreCommand(),
  },
  {
    name: "show",
    summary: "any partitune file as a table",
    load: async () => (await import("./commands/show.ts")).showCommand(),
  },
];

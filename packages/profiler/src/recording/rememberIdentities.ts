import type { Workload } from "@partitune/schema";
import type { Executor } from "../executor.ts";

/** The same executor, which identifies each workload once: identifying can mean starting it, which takes seconds each time. */
export function rememberIdentities(executor: Executor): Executor {
  const known = new Map<Workload, Promise<string>>();
  const identify = (workload: Workload) => {
    const identity = known.get(workload) ?? executor.identify(workload);
    known.set(workload, identity);
    return identity;
  };
  return { ...executor, identify };
}

import type { ResponseTimes } from "@partitune/schema";
import { formatSeconds } from "./formatQuantity.ts";

/** A bound in words: where it lies, or that there is none. */
export function boundText({ verdict, boundSeconds, reachedSeconds }: ResponseTimes["tasks"][number]): string {
  if (verdict === "best-effort") return "no deadline";
  if (verdict === "unknown") return "not known";
  return boundSeconds === null ? `over ${formatSeconds(reachedSeconds)}` : formatSeconds(boundSeconds);
}

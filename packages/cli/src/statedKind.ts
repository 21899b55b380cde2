import { readFileSync } from "node:fs";

/** What a file says it is; undefined where it says nothing, so that the check of its content names what is wrong. */
export function statedKind(path: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof content === "object" && content !== null && "kind" in content ? content.kind : undefined;
  } catch {
    return undefined;
  }
}

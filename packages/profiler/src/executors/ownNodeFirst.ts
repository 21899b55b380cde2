import { dirname } from "node:path";

/** Workers are started by the name `node`; it must be the Node that runs this. */
export function ownNodeFirst(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`, ...environment };
}

import { spawnSync } from "node:child_process";

/** An interpreter that can import all of these modules; undefined when none of the usual ones can. */
export function findPython(...modules: readonly string[]): string | undefined {
  const program = `import ${["sys", ...modules].join(", ")}; print(sys.executable)`;
  return ["python3", "/usr/bin/python3"].find((python) => spawnSync(python, ["-c", program]).status === 0);
}

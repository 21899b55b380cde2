import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** Where Jupyter finds the kernel. */
export interface InstalledKernel {
  /** Folder of Jupyter data inside the project; nothing is written elsewhere. */
  readonly folder: string;
  /** Value of `JUPYTER_PATH` with which Jupyter finds it, earlier entries kept. */
  readonly jupyterPath: string;
}

/**
 * Tells Jupyter about the Deno that this project installed, as the kernel `deno`. May be called again at any time.
 *
 * @param root  folder of the project
 * @throws Error when Deno is not installed
 */
export function installKernel(root: string): InstalledKernel {
  const folder = join(root, ".partitune", "jupyter");
  const kernel = join(folder, "kernels", "deno");
  mkdirSync(kernel, { recursive: true });
  writeFileSync(join(kernel, "kernel.json"), `${JSON.stringify(kernelSpec(findDeno(root)), null, 2)}\n`);
  const others = process.env.JUPYTER_PATH;
  return { folder, jupyterPath: others ? `${folder}${delimiter}${others}` : folder };
}

function findDeno(root: string): string {
  const require = createRequire(join(root, "package.json"));
  const deno = join(dirname(require.resolve("deno/package.json")), process.platform === "win32" ? "deno.exe" : "deno");
  if (existsSync(deno)) return deno;
  throw new Error(`Deno is not at "${deno}"; install the project again: npm run setup`);
}

/** @see https://docs.deno.com/runtime/reference/cli/jupyter/ */
function kernelSpec(deno: string) {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  };
}

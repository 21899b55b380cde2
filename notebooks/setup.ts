import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { installKernel } from "./installKernel.ts";

/**
 * Sets up the kernel and opens the notebooks: `npm run notebook`. With `--check` it only sets up.
 */
const here = dirname(fileURLToPath(import.meta.url));
const { jupyterPath } = installKernel(dirname(here));
const environment = { ...process.env, JUPYTER_PATH: jupyterPath };
const front = ["lab", "notebook"].find((name) => answers("jupyter", [name, "--version"]));

if (process.argv.includes("--check")) {
  process.stderr.write(`the kernel "deno" is set up; use it with\n  JUPYTER_PATH=${jupyterPath}\n`);
} else if (front === undefined) {
  process.stderr.write(adviceWithoutJupyter());
  process.exitCode = 1;
} else {
  process.exitCode = spawnSync("jupyter", [front, here], { env: environment, stdio: "inherit" }).status ?? 1;
}

function answers(program: string, words: readonly string[]): boolean {
  return spawnSync(program, words, { env: environment, stdio: "ignore" }).status === 0;
}

function adviceWithoutJupyter(): string {
  return [
    'the kernel "deno" is set up, but there is no JupyterLab and no Jupyter Notebook; install one and run this again:',
    "  apt-get install jupyter-notebook     (Debian, Ubuntu)",
    "  pip install jupyterlab               (anywhere)",
    "or run a notebook without either:",
    `  JUPYTER_PATH=${jupyterPath} jupyter nbconvert --config ${here}/nbconvert_config.py --to notebook --execute ${here}/tour.ipynb --output tour.ran.ipynb`,
    "",
  ].join("\n");
}

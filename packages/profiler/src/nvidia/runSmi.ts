import { spawn } from "node:child_process";
import { CardLost } from "./card.ts";
import { cleanText } from "./cleanText.ts";
import { nvmlWords } from "./nvmlErrors.ts";

/** nvidia-smi initialises the driver where nothing keeps it loaded, which can take seconds per card. */
const patienceMilliseconds = 30_000;

/** More than any listing of a machine's cards. */
const mostBytes = 16 * 2 ** 20;

/** What a call of nvidia-smi said. */
export interface SmiAnswer {
  readonly code: number;
  readonly text: string;
}

/** Why nvidia-smi did not answer at all. */
export class SmiFailure extends Error {
  override readonly name = "SmiFailure";
  /** True when there is no such program. */
  readonly missing: boolean;

  constructor(message: string, missing: boolean) {
    super(message);
    this.missing = missing;
  }
}

/**
 * Runs nvidia-smi, without a shell.
 *
 * @throws SmiFailure when it cannot be started, hangs, or prints without end
 * @throws CardLost when it says that the card is gone
 */
export async function runSmi(program: string, argv: readonly string[]): Promise<SmiAnswer> {
  const answer = await start(program, argv);
  // Return codes are NVML's. Some releases end with 0 and only say so.
  if (answer.code === 15 || /GPU is lost|requires reset/i.test(answer.text))
    throw new CardLost(`nvidia-smi: ${firstLine(answer.text) || nvmlWords(15)}`);
  return answer;
}

/** The first line that says something, for messages. */
export function firstLine(text: string): string {
  return cleanText(text.split("\n").find((line) => cleanText(line) !== "") ?? "").slice(0, 300);
}

function start(program: string, argv: readonly string[]): Promise<SmiAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const give = (message: string, missing = false) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new SmiFailure(`${program} ${message}`, missing));
    };
    const timer = setTimeout(() => give(`did not answer within ${patienceMilliseconds / 1e3} s`), patienceMilliseconds);
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) give("prints without end");
      else chunks.push(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? give("was not found", true) : give(`cannot be started: ${error.message}`),
    );
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === null) give(`was ended by ${signal}`);
      else resolve({ code, text: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

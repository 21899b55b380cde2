import { InputError, type Seconds } from "@partitune/schema";

const time = String.raw`(\d*\.?\d+)\s*s`;
const form = new RegExp(String.raw`^\s*(?<service>.+?)\s+${time}(?:\s*-\s*${time})?\s*$`, "u");

/** When the requests of a service begin and end. */
export interface Start {
  readonly startSeconds: Seconds;
  readonly endSeconds?: Seconds;
}

/**
 * When services begin, as it is written on the command line.
 *
 * @param services  names that there are
 * @example parseStarts("resnet18 0s, vgg16 100s-400s", ["resnet18", "vgg16"])
 * @throws InputError when a part cannot be read, or names no service, or one twice
 */
export function parseStarts(text: string, services: readonly string[]): Readonly<Record<string, Start>> {
  const starts = text.split(",").map((part) => parseStart(part, services));
  const twice = starts.find(([name], i) => starts.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw wrong(text, `names "${twice[0]}" twice`, "give each service one time");
  return Object.fromEntries(starts);
}

function parseStart(text: string, services: readonly string[]): readonly [string, Start] {
  const match = form.exec(text);
  if (match === null) throw wrong(text.trim(), "is no service with a time", example);
  const [, service = "", start, end] = match;
  if (!services.includes(service))
    throw wrong(
      text.trim(),
      "names no service that gets requests",
      `use one of ${services.map((name) => `"${name}"`).join(", ")}`,
    );
  const startSeconds = Number(start);
  if (end === undefined) return [service, { startSeconds }];
  if (!(Number(end) > startSeconds)) throw wrong(text.trim(), "ends before it begins", example);
  return [service, { startSeconds, endSeconds: Number(end) }];
}

const example = 'write for example "resnet18 0s, vgg16 100s-400s"';

function wrong(text: string, problem: string, advice: string): InputError {
  return new InputError({ what: `option --start "${text}"`, problem, advice });
}

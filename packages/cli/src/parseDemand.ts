import { type Demand, InputError } from "@partitune/schema";

const form =
  /^\s*(?<workload>.+?)\s+(?<rate>[\d.]+)\s*\/s\s+(?<deadline>[\d.]+)\s*(?<unit>ms|s)(?:\s+p(?<percentile>\d{1,2}(?:\.\d+)?))?\s*$/;

/**
 * A demand as it is written on the command line.
 *
 * @example parseDemand("resnet18 20/s 200ms p99")  // 20 requests/s, 99 % of them within 0.2 s
 * @throws InputError when it cannot be read
 */
export function parseDemand(text: string): Demand {
  const parts = form.exec(text)?.groups;
  const rate = Number(parts?.["rate"]);
  const deadline = Number(parts?.["deadline"]) * (parts?.["unit"] === "ms" ? 0.001 : 1);
  const percentile = Number(parts?.["percentile"] ?? 99) / 100;
  if (parts !== undefined && rate > 0 && deadline > 0 && percentile > 0 && percentile < 1) {
    return { workload: parts["workload"]!, ratePerSecond: rate, deadlineSeconds: deadline, percentile };
  }
  throw new InputError({
    what: `demand "${text}"`,
    problem: "cannot be read",
    advice: 'write "NAME RATE/s DEADLINE pQ", for example "resnet18 20/s 200ms p99"',
  });
}

import { type Demand, InputError } from "@partitune/schema";

const form =
  /^\s*(?<workload>.+?)\s+(?<rate>\d*\.?\d+)\s*\/s\s+(?<deadline>\d*\.?\d+)\s*(?<unit>us|µs|ms|s)(?:\s+p(?<percentile>\d*\.?\d+))?\s*$/u;
/** Written as exponents, so that 99.9 becomes exactly 0.999. */
const exponents: Readonly<Record<string, string>> = { us: "e-6", µs: "e-6", ms: "e-3", s: "e0" };
const usualPercentile = "99";

/**
 * A demand as it is written on the command line.
 *
 * @example parseDemand("resnet18 20/s 200ms p99")  // 20 requests/s, 99 % of them within 0.2 s
 * @throws InputError when it cannot be read, or asks for what cannot be
 */
export function parseDemand(text: string): Demand {
  const { workload, rate, deadline, unit = "s", percentile = usualPercentile } = form.exec(text)?.groups ?? {};
  if (workload === undefined) throw wrong(text, "cannot be read");
  const demand: Demand = {
    workload,
    ratePerSecond: Number(rate),
    deadlineSeconds: Number(`${deadline}${exponents[unit]}`),
    percentile: Number(`${percentile}e-2`),
  };
  if (demand.deadlineSeconds === 0) throw wrong(text, "has a deadline of 0 s, expected one above 0");
  if (demand.percentile > 0 && demand.percentile < 1) return demand;
  throw wrong(text, `has percentile p${percentile}, expected one above p0 and below p100`);
}

function wrong(text: string, problem: string): InputError {
  return new InputError({
    what: `demand "${text}"`,
    problem,
    advice: 'write "NAME RATE/s DEADLINE pQ", for example "resnet18 20/s 200ms p99"',
  });
}

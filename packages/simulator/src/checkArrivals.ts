import { type Arrivals, arrivals as arrivalsSchema, InputError } from "@partitune/schema";

/**
 * Hands arrivals back when a simulation can follow them.
 *
 * @throws InputError when a rate is not positive, recorded times descend, or a recording without length is to be repeated
 */
export function checkArrivals(name: string, arrivals: Arrivals): Arrivals {
  const parsed = arrivalsSchema.safeParse(arrivals);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw bad(name, `cannot be read: ${issue.path.join(".") || "kind"}: ${issue.message}`, "see the arrivals schema");
  }
  if (arrivals.kind !== "recorded") return arrivals;
  const { times, repeat } = arrivals;
  const late = times.findIndex((time, i) => i > 0 && time < times[i - 1]!);
  if (late !== -1)
    throw bad(name, `go back at recorded time ${late + 1}: ${times[late]} s after ${times[late - 1]} s`, "sort them");
  if (repeat && times[0] === times[times.length - 1])
    throw bad(name, "repeat a recording of no length", "record at least two different times or do not repeat it");
  return arrivals;
}

function bad(name: string, problem: string, advice: string): InputError {
  return new InputError({ what: `arrivals of "${name}"`, problem, advice });
}

import type { ParetoFront } from "@partitune/schema";
import { significant } from "./formatNumbers.ts";
import { formatTable } from "./printTable.ts";

/** The points of a front, best first by the first objective; what is dominated or inadmissible is counted below. */
export function formatFront(front: ParetoFront): string {
  const sign = front.objectives[0]!.better === "lower" ? 1 : -1;
  const points = front.points.filter((point) => point.onFront).sort((a, b) => sign * (a.values[0]! - b.values[0]!));
  const table = formatTable(points, [
    { header: "on the front", text: (point) => point.id },
    ...front.objectives.map((objective, i) => ({
      header: `${objective.name} (${objective.better} is better)`,
      text: (point: (typeof points)[number]) => significant(point.values[i]!),
      right: true,
    })),
  ]);
  const flagged = front.points.filter((point) => point.violations.length > 0).length;
  const dominated = front.points.length - points.length - flagged;
  const volume =
    front.hypervolume === null
      ? ""
      : `; hypervolume ${significant(front.hypervolume)} against the reference point (${front.reference?.map(significant).join(", ")})`;
  return `${front.synthetic ? "synthetic\n" : ""}${table}\n${dominated} dominated, ${flagged} ${flagged === 1 ? "breaks" : "break"} a constraint${volume}\n`;
}

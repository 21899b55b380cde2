import type { FleetState } from "@partitune/schema";
import { colourCount, mutedColour, seriesStyle } from "./palette.ts";

/** Which services share a colour, and what it stands for. */
export interface ServiceSeries {
  /** What colours tell apart, e.g. `service` or `workload`. */
  readonly by: "service" | "workload";
  /** Colour of a service; grey for those that have none of their own. */
  colourOf(service: string): string;
  /** One entry per colour, in the order of the colours; services without a colour of their own come last, as one. */
  readonly entries: readonly {
    readonly label: string;
    readonly colour: string;
    readonly services: readonly string[];
  }[];
}

/**
 * A colour for every service, as far as colours can be told apart: by service up to 12, by workload where there are more of those; beyond that for
 * the 11 with the most tenants.
 */
export function seriesOfServices({ services, gpus }: Pick<FleetState, "services" | "gpus">): ServiceSeries {
  const byService = services.map(({ name }) => ({ label: name, services: [name] }));
  const byWorkload = [...Map.groupBy(services, ({ workload }) => workload)].map(([label, own]) => ({
    label,
    services: own.map(({ name }) => name),
  }));
  const by = byService.length <= colourCount || byWorkload.length >= byService.length ? "service" : "workload";
  const tenants = Map.groupBy(
    gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants)),
    ({ service }) => service,
  );
  const kinds = by === "service" ? byService : byWorkload;
  const size = (own: readonly string[]) => own.reduce((sum, name) => sum + (tenants.get(name)?.length ?? 0), 0);
  const coloured =
    kinds.length <= colourCount
      ? kinds
      : kinds.toSorted((a, b) => size(b.services) - size(a.services)).slice(0, colourCount - 1);
  const others = kinds.filter((kind) => !coloured.includes(kind));
  const entries = [
    ...coloured.map((kind, i) => ({ ...kind, colour: seriesStyle(i).colour })),
    ...(others.length === 0
      ? []
      : [
          {
            label: `${others.length} other ${by}s`,
            colour: mutedColour,
            services: others.flatMap((kind) => kind.services),
          },
        ]),
  ];
  const colours = new Map(entries.flatMap(({ colour, services: own }) => own.map((name) => [name, colour] as const)));
  return { by, entries, colourOf: (service) => colours.get(service) ?? mutedColour };
}

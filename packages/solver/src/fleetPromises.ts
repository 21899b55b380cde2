import type { Estimate, FleetService, PlanPromise, Seconds } from "@partitune/schema";
import type { LayoutPiece, Tenant } from "./packing/layout.ts";
import { type PackingRule, type PackingRuleName, packingRules } from "./packing/packingRules.ts";
import { rowKey } from "./packing/rowKey.ts";
import { responseQuantile } from "./responseQuantile.ts";
import type { FleetProblem } from "./toPackingProblem.ts";
import { toStation } from "./toStation.ts";

/** A tenant as it is planned, with what is sent to it. */
export interface RoutedTenant {
  readonly tenant: Tenant;
  readonly piece: LayoutPiece;
  readonly fleet: FleetProblem;
  readonly routedPerSecond: number;
}

/**
 * What a plan promises one service: its deadline at its percentile, and its rate.
 *
 * The response predicted is that of the tenant that answers slowest: under `queue` the queue's percentile at the rate routed there; under other
 * rules the longest that the rule allows for.
 */
export function fleetPromises(service: FleetService, own: readonly RoutedTenant[]): readonly PlanPromise[] {
  const { name, deadlineSeconds, percentile, ratePerSecond } = service;
  return [
    {
      id: `${name} response`,
      subject: name,
      metric: "response_s",
      percentile,
      relation: "at-most",
      target: deadlineSeconds,
      predicted: slowest(own.map((each) => predictResponse(each, percentile))),
    },
    {
      id: `${name} throughput`,
      subject: name,
      metric: "throughput_per_s",
      percentile: null,
      relation: "at-least",
      target: ratePerSecond,
      predicted: {
        value: own.reduce((sum, { routedPerSecond }) => sum + routedPerSecond, 0),
        low: null,
        high: ratePerSecond,
      },
    },
  ];
}

function predictResponse({ tenant, piece, fleet, routedPerSecond }: RoutedTenant, percentile: number): Estimate | null {
  const rule: PackingRule = packingRules[fleet.problem.rule as PackingRuleName];
  if (rule.response !== null) {
    const turns = piece.tenants.map(({ latencySeconds }) => latencySeconds);
    const value = rule.response(turns, piece.tenants.indexOf(tenant));
    return { value, low: null, high: null };
  }
  const model = fleet.services.find(({ name }) => name === tenant.service)!.workload;
  const { expected, margin, slowdown } = fleet.planned.get(rowKey({ ...tenant, model, piece: piece.piece }))!;
  const rate = routedPerSecond / tenant.processes;
  const at = (excess: number) => responseQuantile(toStation(expected, excess), rate, percentile);
  const planned = at((1 + margin) * slowdown - 1);
  const value = margin === 0 ? planned : at(slowdown - 1);
  return value === null ? null : { value, low: null, high: planned };
}

function slowest(responses: readonly (Estimate | null)[]): Estimate | null {
  const known = responses.filter((each) => each !== null);
  if (known.length < responses.length || known.length === 0) return null;
  const highs = known.map(({ high }) => high);
  return {
    value: longest(known.map(({ value }) => value)),
    low: null,
    high: highs.every((high) => high !== null) ? longest(highs) : null,
  };
}

function longest(seconds: readonly Seconds[]): Seconds {
  return Math.max(...seconds);
}

import {
  type FleetGpu,
  type FleetPiece,
  type FleetStep,
  type FleetTenant,
  formatPartition,
  type Seconds,
} from "@partitune/schema";
import type { Act } from "./transitionActs.ts";

/** How long steps take. They depend on driver, model and storage. */
export interface StepSeconds {
  /** A MIG instance with its compute instance, or a static partition; shares are limits of processes and take no time. */
  readonly create: Seconds;
  readonly destroy: Seconds;
  /** MIG mode of a card that was used in another way, or not at all. */
  readonly migMode: Seconds;
  /** A tenant's processes, until the model is loaded and warm. */
  readonly start: Seconds;
  /** Requests under way; at least the service's deadline is waited. */
  readonly drain: Seconds;
  readonly stop: Seconds;
  readonly adjust: Seconds;
  readonly powerMode: Seconds;
}

/** Assumptions, not measurements: they say what dominates, and are to be replaced by what is measured on the fleet. */
export const assumedStepSeconds: StepSeconds = {
  create: 2,
  destroy: 1,
  migMode: 10,
  start: 20,
  drain: 2,
  stop: 2,
  adjust: 1,
  powerMode: 1,
};

/** What the words of a step rest on. */
export interface StepContext {
  readonly seconds: StepSeconds;
  /** Deadlines by service. */
  readonly deadlines: ReadonlyMap<string, Seconds>;
  /** Requests per second that each service must be answered throughout. */
  readonly floors: ReadonlyMap<string, number>;
}

/** Acts as the steps that an operator takes, the pieces that each card has at the time in mind. */
export function toSteps(acts: readonly Act[], before: readonly FleetGpu[], context: StepContext): readonly FleetStep[] {
  const cut = new Map(before.map(({ id, pieces }) => [id, isCutByMig(pieces.map(({ partition }) => partition))]));
  return acts.flatMap((act) => {
    const needsMode = act.kind === "cut" && act.piece.partition.kind === "mig" && cut.get(act.gpu) !== true;
    if (act.kind === "cut") cut.set(act.gpu, act.piece.partition.kind === "mig");
    return stepsOf(act, context, needsMode);
  });
}

function isCutByMig(partitions: readonly FleetPiece["partition"][]): boolean {
  return partitions.some(({ kind }) => kind === "mig");
}

function stepsOf(act: Act, context: StepContext, needsMode: boolean): readonly FleetStep[] {
  const { gpu } = act;
  switch (act.kind) {
    case "cut":
      return [
        createStep(gpu, act.piece, context, needsMode),
        ...act.piece.tenants.map((tenant) => startStep(gpu, act.piece, tenant, context)),
      ];
    case "clear":
      return [
        ...leaveSteps(gpu, act.piece, act.piece.tenants, context),
        {
          action: "destroy",
          gpu,
          piece: act.piece.id,
          partition: act.piece.partition,
          seconds: isLimit(act.piece) ? 0 : context.seconds.destroy,
          check: `no process runs on ${nameOf(act.piece)}`,
          rollback: `create ${formatPartition(act.piece.partition)} again`,
        },
      ];
    case "leave":
      return leaveSteps(gpu, act.piece, act.tenants, context);
    case "join":
      return act.tenants.map((tenant) => startStep(gpu, act.piece, tenant, context));
    case "lower":
    case "raise":
      return [adjustStep(gpu, act.piece.id, act.was, act.tenant, context.seconds.adjust)];
    case "mode":
      return [
        {
          action: "set-power-mode",
          gpu,
          from: act.from,
          to: act.to,
          seconds: context.seconds.powerMode,
          check: `every process on ${gpu} was planned for ${act.to}; a power mode holds for the whole card`,
          rollback: `set ${act.from} again`,
        },
      ];
  }
}

/** Shares need nothing to be cut: they are limits that processes start with. */
function isLimit({ partition: { kind } }: FleetPiece): boolean {
  return kind === "mps-share" || kind === "cpu-share" || kind === "whole" || kind === "core-set";
}

function nameOf({ id, partition }: FleetPiece): string {
  return `${id} (${formatPartition(partition)})`;
}

function createStep(gpu: string, piece: FleetPiece, { seconds }: StepContext, needsMode: boolean): FleetStep {
  const { partition } = piece;
  const place =
    partition.kind === "mig"
      ? `the memory slices of ${formatPartition(partition)} are free and MIG mode is on${needsMode ? "; switch it on while the card is idle" : ""}`
      : `${gpu} has room for ${formatPartition(partition)} beside what runs`;
  return {
    action: "create",
    gpu,
    piece: piece.id,
    partition,
    seconds: (isLimit(piece) ? 0 : seconds.create) + (needsMode ? seconds.migMode : 0),
    check: place,
    rollback: `destroy ${nameOf(piece)}`,
  };
}

function startStep(gpu: string, piece: FleetPiece, tenant: FleetTenant, { seconds }: StepContext): FleetStep {
  const memory = tenant.memoryBytes === null ? "" : `, ${(tenant.memoryBytes / 2 ** 30).toFixed(1)} GiB are free there`;
  return {
    action: "start",
    gpu,
    piece: piece.id,
    tenant,
    seconds: seconds.start,
    check: `${nameOf(piece)} exists${memory}`,
    rollback: `drain and stop ${tenant.id}`,
  };
}

function leaveSteps(
  gpu: string,
  piece: FleetPiece,
  tenants: readonly FleetTenant[],
  { seconds, deadlines, floors }: StepContext,
): readonly FleetStep[] {
  const onPiece = { gpu, piece: piece.id };
  return [
    ...tenants.map(
      ({ id, service }): FleetStep => ({
        action: "drain",
        ...onPiece,
        tenant: id,
        seconds: Math.max(seconds.drain, deadlines.get(service) ?? 0),
        check: whoIsLeft(service, floors.get(service) ?? 0),
        rollback: `send ${id} requests again`,
      }),
    ),
    ...tenants.map(
      ({ id }): FleetStep => ({
        action: "stop",
        ...onPiece,
        tenant: id,
        seconds: seconds.stop,
        check: `no request to ${id} is under way`,
        rollback: `start ${id} again`,
      }),
    ),
  ];
}

function whoIsLeft(service: string, perSecond: number): string {
  return perSecond > 0
    ? `the other tenants of ${service} run and safely answer ${rounded(perSecond)} requests/s`
    : `nobody asks for ${service} any more, or not yet`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Changes a tenant that runs on: its batch and delay, or only what is sent to it and known of it, which takes no time. */
export function adjustStep(
  gpu: string,
  piece: string,
  was: FleetTenant,
  tenant: FleetTenant,
  seconds: Seconds,
): FleetStep {
  const isSet = was.batch !== tenant.batch || was.maxDelaySeconds !== tenant.maxDelaySeconds;
  return {
    action: "adjust",
    gpu,
    piece,
    tenant,
    seconds: isSet ? seconds : 0,
    check: `${tenant.id} runs`,
    rollback: isSet
      ? `set batch ${was.batch} and delay ${was.maxDelaySeconds} s again`
      : `send ${tenant.id} ${rounded(was.ratePerSecond)} requests/s again`,
  };
}

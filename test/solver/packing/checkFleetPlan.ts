import type { FleetGpu, FleetPiece, FleetPlan, FleetTenant, Partition, Profile } from "@partitune/schema";

/** First memory slices that NVIDIA's guide allows on an A100 of 80 GB, the slices covered, and the memory of an instance in MiB. */
const migProfiles: Readonly<Record<string, readonly [starts: readonly number[], slices: number, mebibytes: number]>> = {
  "1g.10gb": [[0, 1, 2, 3, 4, 5, 6], 1, 9856],
  "1g.20gb": [[0, 2, 4, 6], 2, 19968],
  "2g.20gb": [[0, 2, 4], 2, 19968],
  "3g.40gb": [[0, 4], 4, 40192],
  "4g.40gb": [[0], 4, 40192],
  "7g.80gb": [[0], 8, 80384],
};
/** Chunks of 4 multiprocessors on an A100 of 108. */
const chunks = 27;

/** Slack of sums, relative. */
const slack = 1e-6;

/**
 * Everything that is wrong with a fleet plan for A100s, judged from the plan and the profile it was made from, with no code of the solver: pieces
 * that are not legal, tenants that were never measured or do not fit, times that flatter, rates that get lost or exceed what is safe.
 */
export function checkFleetPlan(plan: FleetPlan, profile: Profile): readonly string[] {
  const tenants = plan.gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const ids = plan.gpus.flatMap(({ id, pieces }) => [id, ...pieces.map((piece) => piece.id)]);
  return [
    ...twice(ids).map((id) => `id ${id} stands twice`),
    ...twice(tenants.map(({ id }) => id)).map((id) => `tenant ${id} stands twice`),
    ...plan.gpus.flatMap((gpu) => wrongWithGpu(gpu, profile).map((fault) => `${gpu.id}: ${fault}`)),
    ...plan.gpus.flatMap((gpu) =>
      gpu.pieces.flatMap((piece) =>
        piece.tenants.flatMap((tenant) => wrongWithTenant(plan, gpu, piece, tenant, profile)),
      ),
    ),
    ...plan.services.flatMap((service) => wrongWithService(plan, service, tenants)),
  ];
}

function wrongWithGpu({ pieces }: FleetGpu, profile: Profile): readonly string[] {
  const kinds = new Set(pieces.map(({ partition }) => partition.kind));
  const wrong = kinds.size > 1 ? [`mixes ${[...kinds].join(" and ")}`] : [];
  if (pieces.length === 0) wrong.push("is empty");
  const used = pieces.flatMap(({ tenants }) => tenants).reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  if (used > profile.device.memoryBytes) wrong.push("lacks memory");
  return [...wrong, ...wrongCut(pieces.map(({ partition }) => partition))];
}

function wrongCut(partitions: readonly Partition[]): readonly string[] {
  const share = partitions.reduce((sum, each) => sum + (each.kind === "mps-share" ? each.share : 0), 0);
  const multiprocessors = partitions.reduce(
    (sum, each) => sum + (each.kind === "sm-partition" ? each.multiprocessors : 0),
    0,
  );
  const covered = partitions.flatMap((each) =>
    each.kind === "mig" ? Array.from({ length: migProfiles[each.profile]![1] }, (_, i) => each.start! + i) : [],
  );
  const illegal = partitions.filter(
    (each) => each.kind === "mig" && !migProfiles[each.profile]![0].includes(each.start!),
  );
  return [
    ...(share > 1 + slack ? [`gives ${share} of itself`] : []),
    ...(multiprocessors > 4 * chunks ? [`gives ${multiprocessors} multiprocessors`] : []),
    ...(new Set(covered).size < covered.length ? ["has instances that overlap"] : []),
    ...illegal.map((each) => `has ${JSON.stringify(each)}`),
    ...(partitions.length > 1 && partitions.some(({ kind }) => kind === "whole") ? ["is whole and shared"] : []),
  ];
}

function wrongWithTenant(
  plan: FleetPlan,
  gpu: FleetGpu,
  { partition, tenants }: FleetPiece,
  tenant: FleetTenant,
  profile: Profile,
): readonly string[] {
  const service = plan.services.find(({ name }) => name === tenant.service);
  if (service === undefined) return [`${tenant.id} serves nobody`];
  const rows = profile.measurements.filter(({ point: { config, neighbours }, flags }) => {
    const same = config.workload === service.workload && config.powerMode === gpu.powerMode;
    const alike = nameOf(config.partition) === nameOf(partition) || (isAll(config.partition) && isAll(partition));
    return (
      same && alike && (config.processes ?? 1) === tenant.processes && neighbours.length === 0 && flags.length === 0
    );
  });
  const medians = (batch: number) =>
    rows.flatMap(({ point, outcome }) =>
      point.config.batch === batch && outcome.kind === "measured" ? (outcome.results.latency.p50?.value ?? []) : [],
    );
  const wrong: string[] = [];
  if (medians(tenant.batch).length === 0) wrong.push("was never measured");
  for (const { batch, serviceSeconds } of tenant.expected.batches) {
    const known = medians(batch);
    if (known.length > 0 && serviceSeconds < Math.min(...known) * (1 - slack))
      wrong.push(`is expected too quick at batch ${batch}`);
  }
  if (tenant.expected.batches.length !== tenant.batch) wrong.push("has another number of batches");
  const own = partition.kind === "mig" ? migProfiles[partition.profile]![2] * 2 ** 20 : profile.device.memoryBytes;
  const used = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  if (used > own) wrong.push("does not fit its piece");
  if (tenant.ratePerSecond > tenant.capacityPerSecond * (1 + slack)) wrong.push("is sent too much");
  const fastest = tenant.expected.batches.at(-1)!.serviceSeconds * tenant.slowdown;
  const cycle = tenants.reduce((sum, each) => sum + each.expected.batches.at(-1)!.serviceSeconds * each.slowdown, 0);
  if (tenant.capacityPerSecond > (tenant.processes * tenant.batch * (1 + slack)) / Math.max(fastest, cycle))
    wrong.push("is said to answer more than its batches allow");
  const alone = partition.kind === "mig" || isAll(partition);
  const guard = plan.interference.model === "constant" && !alone ? plan.interference.slowdown : 1;
  if (tenant.slowdown < guard - slack || (alone && tenant.slowdown !== 1))
    wrong.push(`has the slowdown ${tenant.slowdown}`);
  return wrong.map((fault) => `${tenant.id} on ${gpu.id} ${fault}`);
}

function wrongWithService(
  { promises }: FleetPlan,
  { name, ratePerSecond, deadlineSeconds, percentile }: FleetPlan["services"][number],
  tenants: readonly FleetTenant[],
): readonly string[] {
  const own = tenants.filter(({ service }) => service === name);
  const sent = own.reduce((sum, tenant) => sum + tenant.ratePerSecond, 0);
  const mine = promises.filter(({ subject }) => subject === name);
  const response = mine.find(({ metric }) => metric === "response_s");
  const throughput = mine.find(({ metric }) => metric === "throughput_per_s");
  const wrong: string[] = [];
  if (Math.abs(sent - ratePerSecond) > slack * Math.max(1, ratePerSecond)) wrong.push(`is sent ${sent}/s`);
  if (ratePerSecond === 0 && own.length > 0) wrong.push("asks for nothing and runs");
  if (ratePerSecond > 0 && (response?.target !== deadlineSeconds || response.percentile !== percentile))
    wrong.push("is not promised its deadline");
  if (ratePerSecond > 0 && throughput?.target !== ratePerSecond) wrong.push("is not promised its rate");
  return wrong.map((fault) => `service ${name} ${fault}`);
}

function twice(ids: readonly string[]): readonly string[] {
  return ids.filter((id, i) => ids.indexOf(id) < i);
}

/** A partition wherever it begins. */
function nameOf(partition: Partition): string {
  return partition.kind === "mig" ? partition.profile : JSON.stringify(partition);
}

function isAll(partition: Partition): boolean {
  return partition.kind === "whole" || (partition.kind === "mps-share" && partition.share === 1);
}

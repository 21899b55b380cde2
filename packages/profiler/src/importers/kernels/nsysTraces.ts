import { basename } from "node:path";
import type { KernelStep, KernelTrace } from "@partitune/schema";
import { buildSteps } from "./buildSteps.ts";
import type { DeviceTrace, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { noSuchDevice } from "./noSuchDevice.ts";
import { nsysDeviceOperations } from "./nsysDeviceOperations.ts";
import { nsysDrops, nsysWarnings } from "./nsysNotes.ts";
import type { NsysRecords } from "./nsysRecords.ts";
import { noNsysSteps, nsysWindows } from "./nsysWindows.ts";
import { skippedAll } from "./skippedAll.ts";

/** Shorter idle times are the device's own latency, ns; longer ones are taken for an empty queue where launches are not known. */
const ownLatencyNs = 10_000;

/**
 * What an Nsight Systems recording says of each device → kernel traces.
 *
 * @param format  name of the format it was read from
 * @throws InputError when the chosen device ran nothing, all steps are skipped, or no steps are found
 */
export function nsysTraces(
  path: string,
  format: string,
  records: NsysRecords,
  options: ReadKernelsOptions,
): KernelReading {
  const file = basename(path);
  const devices = [...new Set(records.operations.devices)].sort((a, b) => a - b);
  if (devices.length === 0) return { status: "empty", reason: nothingRan(file, records) };
  if (options.device !== undefined && !devices.includes(options.device))
    throw noSuchDevice(file, options.device, devices);
  const traces: DeviceTrace[] = [];
  let stepsFound = false;
  for (const device of options.device === undefined ? devices : [options.device]) {
    const own = nsysDeviceOperations(records, device);
    const found = nsysWindows(records, own, options);
    if (found === undefined) continue;
    stepsFound = true;
    const built = buildSteps(own.operations, own.identities, found.windows, options.skipSteps);
    if (built.steps.length === 0 && built.skipped.steps > 0) throw skippedAll(file, built);
    if (built.steps.length === 0) continue;
    const context = { file, records, device, own, built, ...found };
    traces.push({
      device,
      trace: {
        ...described(records, device),
        kind: "kernel-trace",
        version: 1,
        made: options.made,
        task: options.task,
        format,
        identities: built.identities,
        steps: records.launchesKnown ? built.steps : built.steps.map(guessedKinds),
        between: built.between,
        gapsKnown: true,
        dropped: nsysDrops(context),
        warnings: nsysWarnings(context),
        synthetic: false,
      },
    });
  }
  if (traces.length > 0) return { status: "read", traces };
  if (!stepsFound) throw noNsysSteps(path, records, options);
  return { status: "empty", reason: `"${file}" holds no operation that was launched inside its steps` };
}

function described({ devices }: NsysRecords, device: number): Pick<KernelTrace, "deviceName" | "multiprocessors"> {
  const known = devices.get(device);
  return { deviceName: known?.name ?? null, multiprocessors: known?.multiprocessors ?? null };
}

/** Without launches an idle time says nothing of its reason. Kind 1 is what filling gaps looks at, so it is the useful guess. */
function guessedKinds(step: KernelStep): KernelStep {
  return { ...step, idleKinds: step.idles.map((idle) => (idle >= ownLatencyNs ? 1 : 0)) };
}

function nothingRan(file: string, { dropped }: NsysRecords): string {
  const lost = Object.entries(dropped).filter(([, count]) => count > 0);
  const left = lost.length === 0 ? "" : ` (left out: ${lost.map(([what, count]) => `${count} ${what}`).join(", ")})`;
  return `"${file}" holds no operation of a device${left}; record it with nsys profile --trace=cuda`;
}

import { type Config, InputError, parsePartition } from "@partitune/schema";

const form = /^(?<workload>.+?)\s+(?<partition>\S+)\s+(?<batch>[1-9]\d{0,8})(?:x(?<processes>[1-9]\d{0,3}))?$/u;

/**
 * The neighbours of a measurement as they are written on the command line.
 *
 * @param powerMode  the mode of the device, which all on it share
 * @throws InputError when one cannot be read
 * @example parseCompany("bert mps-share:0.3 8 + vgg16 mps-share:0.2 4x2", "default")  // two neighbours, the second with two processes
 */
export function parseCompany(text: string, powerMode: string): readonly Config[] {
  return text.split(" + ").map((each) => parseNeighbour(each.trim(), powerMode));
}

function parseNeighbour(text: string, powerMode: string): Config {
  const { workload, partition, batch, processes = "1" } = form.exec(text)?.groups ?? {};
  if (workload === undefined || partition === undefined) {
    throw new InputError({
      what: `option --beside "${text}"`,
      problem: "cannot be read",
      advice: 'write "WORKLOAD PARTITION BATCH", for example "bert mps-share:0.5 8", or "8x2" for two processes',
    });
  }
  const config = { workload, powerMode, partition: parsePartition(partition), batch: Number(batch) };
  return processes === "1" ? config : { ...config, processes: Number(processes) };
}

import type { KernelTasks } from "./loadKernelTasks.ts";
import { warn } from "./warn.ts";

/** Times of one device say little about another. */
export function warnOfDevices({ high, lows }: KernelTasks): void {
  const traces = [high, ...lows.map(({ trace }) => trace)];
  const devices = new Set(traces.map(({ deviceName }) => deviceName ?? "unknown"));
  if (devices.size === 1 && !devices.has("unknown")) return;
  warn([
    {
      code: "devices-differ",
      where: traces.map(({ task }) => task).join(", "),
      cause: `traced on ${[...devices].map((device) => (device === "unknown" ? "a device that is not named" : device)).join(" and ")}`,
      advice: "trace all tasks on the device that they are to share before relying on the numbers",
    },
  ]);
}

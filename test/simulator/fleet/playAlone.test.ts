import fc from "fast-check";
import { expect, it } from "vitest";
import { openMemberTally } from "../../../packages/simulator/src/fleet/memberTally.ts";
import { playAlone } from "../../../packages/simulator/src/fleet/playAlone.ts";
import { playIsland } from "../../../packages/simulator/src/fleet/playIsland.ts";
import type { MemberLog } from "../../../packages/simulator/src/fleet/roomLog.ts";
import { openServiceTally } from "../../../packages/simulator/src/fleet/serviceTally.ts";
import { toFleet } from "../../../packages/simulator/src/fleet/toFleet.ts";
import { mig, testFleet } from "./testFleet.ts";

it("the quick way for a tenant alone counts exactly what the general way counts", () => {
  const parameters = fc.record({
    maxBatch: fc.integer({ min: 1, max: 4 }),
    processes: fc.integer({ min: 1, max: 4 }),
    maxDelaySeconds: fc.constantFrom(0, 0.005),
    pause: fc.constantFrom(0, 0.002),
    load: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
  });
  fc.assert(
    fc.property(parameters, ({ maxBatch, processes, maxDelaySeconds, pause, load }) => {
      const times = Array.from({ length: maxBatch }, (_, i) => 0.01 + 0.003 * i);
      const occupancy = times.map((time) => time + pause);
      const ratePerSecond = (load * processes * maxBatch) / occupancy.at(-1)!;
      const plan = testFleet({
        services: [{ name: "a", ratePerSecond, deadlineSeconds: 0.03 }],
        pieces: [
          {
            partition: mig(1, 0),
            tenants: [{ service: "a", times, occupancy, processes, maxDelaySeconds, ratios: [0.9, 1, 1.2] }],
          },
        ],
      });
      const window = { start: 0.5, end: 5 };
      const count = (play: (log: MemberLog & { room: number }) => void) => {
        const service = openServiceTally(window);
        const tally = openMemberTally(member, service, 0.03);
        const log = Object.assign(tally, { room: 0 });
        play(log);
        const { requests, batches, batched, busy, saturated } = tally;
        const sketches = service.sections.map(({ count, sum, maximum }) => ({ count, sum: sum.toFixed(9), maximum }));
        const { failed, completed, late } = service;
        return {
          requests,
          batches,
          batched,
          busy: Number(busy.toFixed(6)),
          saturated,
          sketches,
          failed,
          completed,
          late,
        };
      };
      const [island] = toFleet(plan, {}, "alone").islands;
      const member = island!.rooms[0]!.members[0]!;
      const quick = count((log) => playAlone(member, window, { worked: () => undefined, members: [log] }));
      const general = count((log) => playIsland(island!, window, [{ worked: () => undefined, members: [log] }]));
      expect(quick).toEqual(general);
    }),
    { numRuns: 100 },
  );
});

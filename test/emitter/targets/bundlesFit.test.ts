import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { type FleetNode, fleetNode } from "../fixtures/fleetNode.ts";
import { type ServingBundle, servingBundle } from "../fixtures/servingBundle.ts";

const made: (FleetNode | ServingBundle)[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function keep<T extends FleetNode | ServingBundle>(one: T): T {
  made.push(one);
  return one;
}

/** A card that no other test has a stand-in daemon for: they are seen by everybody on this machine. */
const ownCard = { mig: "Disabled, Disabled", uuid: "GPU-9f17f175-1111-2222-3333-444444444444" };

describe("what the bundles for mig and mps leave behind", () => {
  it("is what those for compose and triton find: UUIDs of pieces, by the same numbers", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may cut cards");
    const cut = keep(fleetNode("mig", migFleetPlan(), { name: "night" }));
    expect(cut.script("apply.sh")).toMatchObject({ code: 0 });
    const written = `${cut.state}/mig-night-e6de9f61/pieces.env`;
    const one = keep(
      servingBundle(migFleetPlan(), "compose", { listing: "", images: "" }, { PARTITUNE_PIECES: written }),
    );
    const { output } = one.script("check.sh");
    const found = [...output.matchAll(/piece "(.*)" is (MIG-\S+)/g)].map(([, piece, uuid]) => [piece, uuid]);
    const known = readFileSync(written, "utf8").trim().split("\n");
    expect(found).toEqual(
      ["gpu0.0", "gpu0.1", "gpu0.2"].map((piece, n) => [piece, known[n]!.replace(`PIECE_${n}=`, "")]),
    );
    expect(new Set(known).size).toBe(3);
  });

  it("is where those for compose and triton look for MPS daemons", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may cut cards");
    const shared = keep(fleetNode("mps", mpsFleetPlan(), { name: "night" }, [ownCard]));
    expect(shared.script("apply.sh")).toEqual({ code: 0, output: expect.any(String) });
    const one = keep(servingBundle(mpsFleetPlan(), "compose", { listing: "", images: "" }));
    // The stand-in daemon of the other bundle answers.
    const environment = {
      PARTITUNE_RUN_DIR: shared.run,
      PATH: `${shared.folder}/../bin:${process.env.PATH}`,
      FAKE_NODE: shared.node,
    };
    expect(one.script("check.sh", environment).output).toMatch(
      /ok {4}piece "gpu1.0": an MPS daemon answers.*ok {4}piece "gpu1.2": an MPS daemon answers/s,
    );
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetPlan } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { migFleetPlan, mpsFleetPlan } from "../schema/exampleFleetPlan.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function save(name: string, plan: FleetPlan): string {
  writeFileSync(at(name), JSON.stringify(plan));
  return at(name);
}

const [cut] = migFleetPlan().gpus;
const shared = {
  ...mpsFleetPlan().gpus[0]!,
  pieces: mpsFleetPlan().gpus[0]!.pieces.map((piece) => ({
    ...piece,
    tenants: piece.tenants.map((tenant) => ({ ...tenant, id: `${tenant.id} shared` })),
  })),
};
const mixed = save("mixed.json", migFleetPlan({ gpus: [cut!, shared] }));

describe("emit of fleet plans", () => {
  test("cuts cards into instances where the plan does, and shares them through MPS where it does", async () => {
    const mig = await runCli("emit", save("mig.json", migFleetPlan()), "--out", at("mig"));
    expect(mig.code).toBe(0);
    expect(mig.stdout).toContain(`${at("mig/run.sh")}\n`);
    expect(mig.stderr).toMatch(/turns/);
    expect(readFileSync(at("mig/values.sh"), "utf8")).toMatch(/^target='mig'$/m);
    const mps = await runCli("emit", save("mps.json", mpsFleetPlan()), "--out", at("mps"), "--json");
    expect(JSON.parse(mps.stdout)).toContain(at("mps/apply.sh"));
    expect(readFileSync(at("mps/values.sh"), "utf8")).toMatch(/^target='mps'$/m);
  });

  test("says no, with the reason for each piece, to cards that one target does not carry", async () => {
    const { code, stdout, stderr } = await runCli("emit", mixed, "--out", at("mixed"));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /refused: piece "gpu1.0": target "mig" does not write "mps-share:0.5"; emit that card for mps/,
    );
  });

  test("writes the chosen cards, for the GPUs that are named", async () => {
    const uuid = "GPU-2d5a1f6e-0000-1111-2222-333344445555";
    const chosen = ["--card", "gpu1", "--gpu", uuid];
    expect((await runCli("emit", mixed, ...chosen, "--out", at("chosen"))).code).toBe(0);
    const values = readFileSync(at("chosen/values.sh"), "utf8");
    expect(values).toMatch(/^target='mps'$/m);
    expect(values).toMatch(new RegExp(`card_id='gpu1'\\n {2}gpu='${uuid}'`));
    expect(values).not.toMatch(/gpu0/);
  });

  test("names cards, GPUs and targets that there are not", async () => {
    const wrong = async (...words: readonly string[]) => await runCli("emit", mixed, "--out", at("wrong"), ...words);
    expect(await wrong("--card", "gpu9")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/card "gpu9" is none of the plan's; choose among gpu0, gpu1/),
    });
    expect(await wrong("--card", "gpu0", "--gpu", "$(id)")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/GPU "\$\(id\)" is neither an index nor a UUID/),
    });
    expect(await wrong("--gpu", "0")).toMatchObject({ code: 2, stderr: expect.stringMatching(/1 GPUs? .*2 cards/) });
    expect(await wrong("--target", "nvpmodel", "--nvpmodel-conf", mixed)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/target "nvpmodel" does not carry a fleet-plan; choose .*mig or|mps/),
    });
  });

  test("sets the power mode that a fleet's cards share, and says which cards have another", async () => {
    const capped = { ...cut!, powerMode: "capped" };
    const [a100] = migFleetPlan().devices;
    const known = { ...a100!, powerModes: [...a100!.powerModes, { name: "capped", powerCapWatts: 300 }] };
    const plan = save("capped.json", migFleetPlan({ devices: [known], gpus: [capped] }));
    const cards = await runCli("emit", plan, "--out", at("cut"));
    expect(cards.stderr).toMatch(
      /power mode "capped", which these scripts do not set.*emit the card for nvidia-smi, too/,
    );
    expect((await runCli("emit", plan, "--target", "nvidia-smi", "--out", at("power"))).code).toBe(0);
    expect(readFileSync(at("power/values.sh"), "utf8")).toMatch(/gpus='0'[\s\S]*power_cap_w='300'/);
    const two = save("two.json", migFleetPlan({ devices: [known], gpus: [capped, shared] }));
    expect(await runCli("emit", two, "--target", "nvidia-smi", "--out", at("power"))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/card "gpu1": it is a .* in power mode "default", unlike card "gpu0"/),
    });
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function write(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

/** Made-up numbers in the shape of Zeus's tables. */
const zeus = `dataset,network,batch_size,optimizer,power_limit,time_per_epoch,average_power
images,net,32,adam,100,40,121
images,net,32,adam,300,20,180
`;

describe("import zeus", () => {
  test("makes a profile, says what is doubtful, and prints it on demand", async () => {
    const { code, stdout, stderr } = await runCli(
      ...["import", "zeus", write("summary_power_a40.csv", zeus), "--out", at("a40"), "--json"],
    );
    expect(code).toBe(0);
    const profile = loadProfile(at("a40"));
    expect(JSON.parse(stdout)).toEqual(profile);
    expect(profile.device.name).toBe("NVIDIA A40");
    expect(profile.made.inputs[0]!.name).toBe("summary_power_a40.csv");
    expect(stderr).toMatch(/over-cap: .*plan with the measured power/);
    expect(stderr).toContain(`wrote 2 measurements, 1 workload, 2 power modes to ${at("a40")}\n`);
  });

  test("what it wrote is shown as a table", async () => {
    await runCli("import", "zeus", write("summary_power_a40.csv", zeus), "--out", at("shown"));
    const { code, stdout } = await runCli("show", at("shown"));
    const [title, header, ...rows] = stdout.trim().split("\n");
    expect({ code, rows: rows.length }).toEqual({ code: 0, rows: 2 });
    expect(title).toMatch(/^NVIDIA A40/);
    expect(header).toMatch(/^workload +power mode +partition .* power +flags$/);
    expect(rows[0]).toMatch(/^net-images-adam +100w +whole +32 .* 121 W +over-cap$/);
  });
});

test("import table takes any columns, in any units", async () => {
  const file = write("mine.csv", "mode,f,t_ms,p_mw\n1,306,20,9000\n2,612,11,15000\n");
  const { code, stderr } = await runCli(
    ...["import", "table", file, "--device", "board", "--out", at("board"), "--workload", "net", "--task", "training"],
    ...["--map", "f=gpuHertz:MHz", "--map", "t_ms=time:ms", "--map", "p_mw=power:mW"],
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('columns "mode" were given no meaning'),
  });
  const { measurements, workloads } = loadProfile(at("board"));
  expect(workloads).toMatchObject([{ name: "net", task: "training" }]);
  expect(measurements.map(({ point }) => point.config.powerMode)).toEqual(["gpu306", "gpu612"]);
});

describe("bad input ends with exit code 2 and one line that names it:", () => {
  const map = ["--map", "t=time:s", "--map", "p=power:W"];
  test.each([
    ["a missing file", ["zeus", at("none_a40.csv"), "--out", at("x")], "none_a40.csv"],
    ["no file", ["zeus", "--out", at("x")], 'missing required argument "file"'],
    ["no folder", ["zeus", "a40.csv"], "--out"],
    ["no mapping", ["table", "t.csv", "--device", "d", "--out", at("x")], "--map"],
    ["a source that is none", ["csv", "t.csv"], "csv"],
    [
      "a mapping without unit",
      ["table", write("any.csv", "t,p\n1,10\n"), "--map", "t=time", "--device", "d", "--out", at("x")],
      'option --map "t=time" states no unit; write one of s, ms',
    ],
    [
      "a row that cannot be used",
      ["table", write("zero.csv", "t,p\n0,10\n"), ...map, "--device", "d", "--out", at("x")],
      'zero.csv line 2: column "t" is "0", expected a number above 0; correct the row, or delete it',
    ],
    [
      "a folder that holds a campaign",
      ["table", write("good.csv", "t,p\n1,10\n"), ...map, "--device", "d", "--out", folder],
      "holds the journal of a campaign; import into another folder",
    ],
  ])("%s", async (_, words, message) => {
    write("journal.jsonl", "");
    const { code, stdout, stderr } = await runCli("import", ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatConfig, loadJson, loadProfile } from "@partitune/schema";
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

/** Made-up numbers in the shape of ParvaGPU's profiles. */
const slices =
  "Mig instance,Batch size,Workload Number,Throughput,Latency\n1,1,1,160.5,0.006\n1,1,2,100.25,0.01\n1,64,2,0,0\n";
const slicesMap = [
  ...["--map", "Mig instance=computeSlices", "--map", "Batch size=batch", "--map", "Workload Number=processes"],
  ...["--map", "Throughput=throughputPerProcess:/s", "--map", "Latency=time:s"],
];

test("import table takes partitions and processes, a file per network", async () => {
  const files = [write("alpha.csv", slices), write("beta.csv", slices)];
  const { code, stderr } = await runCli(
    ...["import", "table", ...files, "--device", "a100", "--out", at("slices"), ...slicesMap],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("2 of 6 rows are zeros") });
  const { measurements, workloads } = loadProfile(at("slices"));
  expect(workloads.map(({ name }) => name)).toEqual(["alpha", "beta"]);
  expect(measurements.map(({ point }) => formatConfig(point.config))).toContain("beta default mig:1g.10gb batch 1 × 2");
});

describe("import demands", () => {
  const slo = "scenario,model,slo_ms,rps\nS1,bert,600,19\nS1,net,126,80\nS2,bert,400,46\n";
  const map = ["--map", "model=workload", "--map", "slo_ms=deadline:ms", "--map", "rps=rate:/s"];

  test("makes a file of demands that plans are made for", async () => {
    const file = write("slo.csv", slo);
    const { code, stdout, stderr } = await runCli(
      ...["import", "demands", file, ...map, "--where", "scenario=S1", "--percentile", "p95", "--out", at("s1.json")],
      "--json",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: `wrote 2 demands to ${at("s1.json")}\n` });
    const read = loadJson(at("s1.json"), "demands");
    expect(JSON.parse(stdout)).toEqual(read);
    expect(read.demands).toEqual([
      { workload: "bert", ratePerSecond: 19, deadlineSeconds: 0.6, percentile: 0.95 },
      { workload: "net", ratePerSecond: 80, deadlineSeconds: 0.126, percentile: 0.95 },
    ]);
    expect(read.made!.inputs[0]!.name).toBe("slo.csv");
  });

  test("takes a table of deadlines and one of rates, with a column per workload", async () => {
    const tables = [
      "--deadlines",
      `${write("d.csv", "100,N/A\n80,70\n")}:ms`,
      "--rates",
      `${write("r.csv", "5,N/A\n6,7\n")}:/s`,
    ];
    const { code } = await runCli(
      ...["import", "demands", ...tables, "--row", "2", "--workloads", "a,b", "--out", at("wide.json")],
    );
    expect(code).toBe(0);
    expect(loadJson(at("wide.json"), "demands").demands).toMatchObject([
      { workload: "a", ratePerSecond: 6, deadlineSeconds: 0.08, percentile: 0.99 },
      { workload: "b", ratePerSecond: 7, deadlineSeconds: 0.07 },
    ]);
  });

  test.each([
    ["neither form", [], "names neither one table with --map nor both --deadlines and --rates"],
    ["both forms", [write("slo.csv", slo), ...map, "--rates", "r.csv:/s"], "names neither one table"],
    [
      "a table without a unit",
      ["--deadlines", "d.csv", "--rates", "r.csv:/s"],
      'option --deadlines "d.csv" states no unit; write --deadlines FILE:UNIT',
    ],
    [
      "a percentile of 100",
      [write("slo.csv", slo), ...map, "--percentile", "p100"],
      'option --percentile "p100" is no percentile',
    ],
    ["a service twice", [write("slo.csv", slo), ...map], 'slo.csv line 4: service "bert" stands in line 2 already'],
  ])("refuses %s", async (_, words, message) => {
    const { code, stdout, stderr } = await runCli("import", "demands", ...words, "--out", at("bad.json"));
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  });
});

test("import nexus takes batch profiles", async () => {
  const text = "caffe:net:1\nOLD_CARD\nForward latency\nbatch,latency(us),std(us),memory(B)\n1,2000,9,1000000\n";
  const { code, stderr } = await runCli("import", "nexus", write("net.txt", text), "--out", at("nexus"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("latencies are means") });
  expect(loadProfile(at("nexus")).device.name).toBe("OLD CARD");
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

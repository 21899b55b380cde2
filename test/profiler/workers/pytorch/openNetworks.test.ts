import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../cli/fixtures/temporaryFolder.ts";
import { writeInto } from "../../importers/kernels/handWritten.ts";
import { findPython } from "./findPython.ts";

const worker = fileURLToPath(new URL("../../../../packages/profiler/src/workers/pytorch", import.meta.url));
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

type Answer = Readonly<Record<string, unknown>>;
type Case = readonly [options: string, expected: Answer];

/** One interpreter opens all of them: to start one takes longer than all the rest. */
function checks(python: string | undefined, cases: readonly Case[]): void {
  let answers: readonly Answer[] = [];
  beforeAll(() => {
    const options = cases.map(([words]) => words);
    const { stdout, stderr } = spawnSync(python!, [here("openNetworks.py"), worker, ...options], {
      encoding: "utf8",
      cwd: here("."),
    });
    answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
    if (answers.length !== cases.length) throw new Error(stderr);
  });
  test.each(cases.map(([words, expected], i) => [words, expected, i] as const))("%s", (_, expected, i) => {
    expect(answers[i]).toMatchObject(expected);
  });
}

const input = (...shape: readonly (string | number)[]) => ({ inputs: [{ name: "input", type: "float32", shape }] });
const refused = (words: RegExp) => ({ code: "failed", message: expect.stringMatching(words) });

const python = findPython("torch");
describe.skipIf(python === undefined)("networks of the user's own (needs PyTorch)", () => {
  checks(python, [
    ["--model=python:nets:talking", { ...input("N", 8), engine: "pytorch" }],
    [
      "--model=python:nets:no_tuple",
      refused(
        /^function "no_tuple" of module "nets" returned something else than a module with inputs; return \(module, inputs\)/,
      ),
    ],
    ["--model=python:nets:no_batch", refused(/returned input "input" without a batch dimension/)],
    ["--model=python:nets:no_inputs", refused(/returned inputs that are no tensor, tuple or dictionary of tensors/)],
    ["--model=python:nets:no_loss --task=training", refused(/returned a loss that is no function/)],
    [
      "--model=python:nets:fails",
      refused(/ended with KeyError: 'weights'; correct it; the place is on standard error/),
    ],
    ["--model=python:nets:missing", refused(/^module "nets" has no function "missing"; check its name/)],
    [
      "--model=python:nowhere:build",
      refused(/^module "nowhere" is not found from .*; call the command from the folder it is in/),
    ],
    [
      "--model=python:nets:pair --task=training",
      refused(/cannot be trained; function "pair" of module "nets" returns no loss; return/),
    ],
    ["--model=python:nets:weightless --task=training", refused(/has no weights to train/)],
    [
      "--model=python:nets:pair --shape=mask=Nx2",
      refused(/names no input of model "python:nets:pair"; its inputs are "input0", "input1"/),
    ],
    [
      "--model=python:nets:even --shape=input=Nx2",
      refused(/has no effect on "python:nets:even"; its own function makes its inputs/),
    ],
  ]);
});

const withVision = findPython("torch", "torchvision");
describe.skipIf(withVision === undefined)("networks of torchvision (needs torchvision)", () => {
  checks(withVision, [
    [
      "--model=torchvision:mobilenet_v2",
      { ...input("N", 3, 224, 224), engine: expect.stringMatching(/^pytorch, torchvision \d/) },
    ],
    [
      "--model=torchvision:mobilenet_v2 --precision=float16 --shape=input=Nx3x96x96",
      { inputs: [{ type: "float16", shape: ["N", 3, 96, 96] }] },
    ],
    ["--model=torchvision:lraspp_mobilenet_v3_large --task=training", input("N", 3, 224, 224)],
    ["--model=torchvision:ssdlite320_mobilenet_v3_large --task=training", input("N", 3, 224, 224)],
    [
      "--model=torchvision:resnet19",
      refused(/^model "torchvision:resnet19" is not known to torchvision; did you mean .*resnet18/),
    ],
    ["--model=torchvision:quantized_mobilenet_v2", refused(/is quantised, .* make it by a function of your own/)],
    [
      "--model=torchvision:raft_small --task=training",
      refused(/cannot be trained; there is no loss for networks of optical flow/),
    ],
  ]);
});

const withTimm = findPython("torch", "timm");
describe.skipIf(withTimm === undefined)("networks of timm (needs timm)", () => {
  checks(withTimm, [
    [
      "--model=timm:resnet18 --task=training",
      { ...input("N", 3, 224, 224), engine: expect.stringMatching(/^pytorch, timm \d/) },
    ],
    ["--model=timm:resnet19", refused(/is not known to timm; did you mean .*resnet18/)],
    ["--model=timm:hf-hub:someone/something", refused(/is not known to timm/)],
  ]);
});

const bert = {
  model_type: "bert",
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  vocab_size: 30,
};
const withTransformers = findPython("torch", "transformers");
describe.skipIf(withTransformers === undefined)("networks of transformers (needs transformers)", () => {
  const saved = temporaryFolder();
  const headless = temporaryFolder();
  const empty = temporaryFolder();
  writeInto(saved, "config.json", JSON.stringify({ ...bert, architectures: ["BertForMaskedLM"] }));
  writeInto(headless, "config.json", JSON.stringify(bert));
  const ids = (length: number) => ({ inputs: [{ name: "input_ids", type: "int64", shape: ["N", length] }] });
  checks(withTransformers, [
    [
      "--model=transformers:distilbert-base-uncased",
      { ...ids(128), engine: expect.stringMatching(/^pytorch, transformers \d/) },
    ],
    [`--model=transformers:${saved} --task=training --shape=input_ids=Nx16`, ids(16)],
    [`--model=transformers:${saved} --shape=input_ids=Nx1000`, refused(/asks for 1000, more than the network's 512/)],
    [
      `--model=transformers:${headless} --task=training`,
      refused(/BertModel has no loss; name an architecture with one in config\.json/),
    ],
    [`--model=transformers:${empty}`, refused(/has no config\.json; give the folder of a saved network/)],
    ["--model=transformers:bert", refused(/is not known to transformers; did you mean .*bert-base-uncased/)],
  ]);
});

describe.skipIf(python === undefined)("libraries that an interpreter lacks (needs PyTorch)", () => {
  const lacking = ["torchvision", "timm", "transformers"].filter((library) => !has(library));
  checks(
    python,
    ["python:nets:talking", ...lacking.map((library) => `${library}:x`)].map((model): Case => {
      const [library] = model.split(":");
      const words = new RegExp(`^interpreter .* has no ${library}; install it there \\(pip install ${library}\\)$`);
      return [`--model=${model}`, library === "python" ? input("N", 8) : refused(words)];
    }),
  );
});

function has(library: string): boolean {
  return python !== undefined && spawnSync(python, ["-c", `import ${library}`]).status === 0;
}

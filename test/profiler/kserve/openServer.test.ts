import { afterEach, describe, expect, test } from "vitest";
import { answerCheck } from "../../../packages/profiler/src/kserve/answerCheck.ts";
import type { Ending } from "../../../packages/profiler/src/kserve/connection.ts";
import { inferRequest } from "../../../packages/profiler/src/kserve/inferRequest.ts";
import { type KServeServer, openServer } from "../../../packages/profiler/src/kserve/openServer.ts";
import { sendBatch } from "../../../packages/profiler/src/kserve/sendBatch.ts";
import { planServedInputs } from "../../../packages/profiler/src/kserve/servedModel.ts";
import { serverAddress } from "../../../packages/profiler/src/kserve/serverAddress.ts";
import { type Behaviour, echo, fourNumbers, type ModelOfServer } from "../fixtures/kserve/servedModels.ts";
import { type ServerOptions, startServer, type TestServer } from "../fixtures/kserve/startServer.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function serve(
  models: Readonly<Record<string, ModelOfServer>>,
  more: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const server = await startServer({ models, ...more });
  open.push(server);
  return server;
}

async function connect(url: string, authorization?: string): Promise<KServeServer> {
  const server = await openServer({
    address: serverAddress(url),
    connections: 4,
    ...(authorization === undefined ? {} : { authorization }),
  });
  open.push(server);
  return server;
}

/** Sends a batch to a model until it has an answer or is given up. */
async function infer(server: KServeServer, url: string, model: string, batch = 2, timeoutSeconds = 5): Promise<Ending> {
  const engine = { engine: "kserve", url, model } as const;
  const described = await server.model(engine);
  const { isBinary, connection } = server;
  const request = inferRequest(
    { engine, model: described, plan: planServedInputs(described, engine, isBinary), isBinary, seed: "s" },
    batch,
  );
  const reader = answerCheck(described, batch);
  return new Promise((resolve) => {
    sendBatch({ connection, request, reader, patience: { timeoutSeconds, silenceSeconds: 5 } }, {}, (_run, ending) =>
      resolve(ending),
    );
  });
}

async function behave(behaviour: Behaviour, timeoutSeconds?: number): Promise<Ending> {
  const { url } = await serve({ m: { ...fourNumbers, behaviour: [behaviour] } });
  return infer(await connect(url), url, "m", 2, timeoutSeconds);
}

describe("openServer", () => {
  test("learns the server's name, version and extensions, behind a prefix as well", async () => {
    const { url } = await serve({}, { name: "triton", version: "2.60.0", prefix: "/models/here" });
    expect(await connect(url)).toMatchObject({ name: "triton", version: "2.60.0", isBinary: true });
  });

  test.each([
    [{ ready: false }, /server answered 400 asked whether it is ready: not ready/],
    [{ prefix: "/elsewhere" }, /server answered 404 asked for its metadata: not found/],
  ])("refuses a server that is not ready or not there: %j", async (options, message) => {
    const { port } = await serve({}, options);
    await expect(connect(`http://127.0.0.1:${port}`)).rejects.toThrow(message);
  });

  test("says that nothing answers", async () => {
    const server = await serve({});
    await server.close();
    await expect(connect(server.url)).rejects.toThrow(
      /nothing answers at http:\/\/127\.0\.0\.1:\d+ asked for its metadata .*; start the server/,
    );
  });

  test("sends credentials where they are given, and says where to give them", async () => {
    const { url } = await serve({ m: echo() }, { authorization: "Bearer abc" });
    await expect(connect(url)).rejects.toThrow(
      "server answered 401 asked for its metadata: who are you?; give credentials in the variable",
    );
    expect(await infer(await connect(url, "Bearer abc"), url, "m")).toMatchObject({ outcome: "answered" });
  });
});

describe("a model", () => {
  const engine = (url: string, model: string, modelVersion?: string) =>
    ({ engine: "kserve", url, model, ...(modelVersion === undefined ? {} : { modelVersion }) }) as const;

  test("is described, with the largest batch where the server tells one", async () => {
    const { url } = await serve({ "a model/ü": { ...echo(), largestBatch: 8, versions: ["1", "2"] } });
    expect(await (await connect(url)).model(engine(url, "a model/ü", "2"))).toMatchObject({
      ...{ name: "a model/ü", versions: ["1", "2"], largestBatch: 8 },
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
    });
  });

  test.each([
    [
      "other",
      undefined,
      /server answered 404 asked whether model "other" is ready: Request for unknown model: 'other'/,
    ],
    ["m", "7", /unknown version '7'/],
    ["late", undefined, /server answered 400 asked whether model "late" is ready: model is not ready/],
  ])("that cannot be used is named: %s", async (model, version, message) => {
    const { url } = await serve({ m: echo(), late: { ...echo(), ready: false } });
    const server = await connect(url);
    await expect(server.model(engine(url, model, version))).rejects.toThrow(message);
  });

  test("has statistics where the server keeps them: waiting apart from execution", async () => {
    const { url } = await serve({ m: echo(0.01, 1) });
    const server = await connect(url);
    await Promise.all([infer(server, url, "m"), infer(server, url, "m"), infer(server, url, "m")]);
    const { requests, queueSeconds, computeSeconds } = (await server.statistics(engine(url, "m")))!;
    expect(requests).toBe(3);
    expect(computeSeconds).toBeGreaterThan(0.025);
    expect(queueSeconds).toBeGreaterThan(0.01);
    const { url: silent } = await serve({ m: echo() }, { extensions: [] });
    expect(await (await connect(silent)).statistics(engine(silent, "m"))).toBeUndefined();
  });
});

describe("a batch", () => {
  test.each([true, false])("is answered, and its sockets are kept open (binary: %s)", async (isBinary) => {
    const { url, sockets, requests } = await serve(
      { m: echo() },
      { extensions: isBinary ? ["binary_tensor_data"] : [] },
    );
    const server = await connect(url);
    expect(server.isBinary).toBe(isBinary);
    for (let i = 0; i < 20; i++)
      expect(await infer(server, url, "m", 1 + (i % 3))).toMatchObject({ outcome: "answered" });
    expect(requests()).toBe(20);
    expect(sockets()).toBeLessThanOrEqual(2);
  });

  test("of every type is understood by the server, in both forms", async () => {
    const model = (datatype: string): ModelOfServer => ({
      inputs: [{ name: "x", datatype, shape: [-1, 3] }],
      outputs: [{ name: "y", datatype, shape: [-1, 3] }],
      behaviour: [{ kind: "answer" }],
    });
    const types = ["BOOL", "UINT8", "INT16", "INT64", "FP64", "BYTES"];
    const models = Object.fromEntries([...types, "FP16", "BF16"].map((type) => [type, model(type)]));
    const { url: binary } = await serve(models);
    for (const type of Object.keys(models))
      expect(await infer(await connect(binary), binary, type)).toMatchObject({ outcome: "answered" });
    const { url: json } = await serve(models, { extensions: [] });
    for (const type of types)
      expect(await infer(await connect(json), json, type)).toMatchObject({ outcome: "answered" });
  });

  test.each<[string, Behaviour, string, string]>([
    [
      "refused for its size",
      { kind: "refuse", status: 400, body: '{"error":"batch-size must be <= 1"}' },
      "bad-batch",
      "batch-size must be <= 1",
    ],
    [
      "too large for memory",
      { kind: "refuse", status: 500, body: '{"error":"CUDA out of memory"}' },
      "out-of-memory",
      "CUDA out of memory",
    ],
    [
      "refused for overload",
      { kind: "refuse", status: 503, body: '{"error":"queue is full"}' },
      "failed",
      'server answered 503 while running a batch of 2 on model "m": queue is full',
    ],
    [
      "redirected",
      { kind: "refuse", status: 307, body: "", headers: { location: "http://other/v2" } },
      "failed",
      "a redirect to http://other",
    ],
    ["broken off", { kind: "hang-up" }, "crashed", "broke while running a batch of 2"],
    ["answered with HTML", { kind: "garbage", body: "<html>hello</html>" }, "garbage", "<html>hello</html>"],
    [
      "answered with other JSON",
      { kind: "garbage", body: '{"predictions":[]}' },
      "garbage",
      "which is no answer of the protocol",
    ],
    ["answered with nothing", { kind: "garbage", body: "" }, "garbage", "which is no answer of the protocol"],
  ])("that is %s says so", async (_what, behaviour, code, words) => {
    const { outcome, failure } = await behave(behaviour);
    expect(outcome).toBe("failed");
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test.each<[string, Behaviour]>([
    ["no answer", { kind: "stall" }],
    ["half an answer", { kind: "half" }],
  ])("that gets %s is given up, and so is its connection", async (_what, behaviour) => {
    const { outcome, failure } = await behave(behaviour, 0.1);
    expect(outcome).toBe("timed-out");
    expect(failure).toMatchObject({
      code: "hung",
      message: expect.stringMatching(/gave no answer for 0\.1 s while running a batch of 2/),
    });
  });

  test("with an answer of a hundred megabytes is answered, and little of it is kept", async () => {
    const body = Buffer.concat([
      Buffer.from('{"outputs":[{"name":"y","shape":[2,4],"data":[[0]], "x":"'),
      Buffer.alloc(1e8, "a"),
      Buffer.from('"}]}'),
    ]).toString();
    expect(await behave({ kind: "garbage", body })).toMatchObject({ outcome: "answered" });
  });
});

import {
  type Device,
  digest,
  formatConfig,
  formatLoad,
  formatPartition,
  InputError,
  oneInFlight,
  type Partition,
  type Workload,
} from "@partitune/schema";
import { type Executor, type Session, WorkerFailure } from "../executor.ts";
import type { RequestRecipe } from "../kserve/inferRequest.ts";
import type { ServerPatience } from "../kserve/loadRequest.ts";
import type { KServeServer } from "../kserve/openServer.ts";
import { type KServeEngine, planServedInputs } from "../kserve/servedModel.ts";
import { authorizationVariable, type ServerAddress, serverAddress } from "../kserve/serverAddress.ts";
import { untoldUsage } from "../kserve/untoldUsage.ts";
import { systemClock } from "../systemClock.ts";

/** Which server is measured, and how. */
export interface KServeOptions {
  /** Base address of the server, such as `http://localhost:8000`. */
  readonly url: string;
  /** Models whose versions are to stand in the record of the environment. */
  readonly models: readonly KServeEngine[];
  /** Seed of the tensors' data and of the times at which open loads send. */
  readonly seed: string;
  /** Sent as the header `authorization`; that of the variable PARTITUNE_KSERVE_AUTHORIZATION unless given, none when both are absent. */
  readonly authorization: string | undefined;
  readonly patience: ServerPatience;
}

/** How patient a client is unless it is told otherwise. */
export const usualPatience: ServerPatience = { timeoutSeconds: 30, silenceSeconds: 10 };

/** Memory and cores are the server's own business; where a number must stand, it binds nothing. */
const unknownMemoryBytes = Number.MAX_SAFE_INTEGER;

/**
 * A server that runs already and speaks the KServe v2 inference protocol over HTTP: Triton, OpenVINO, MLServer and others. What its models run
 * on is its own choice, so it is measured as a whole, under closed and open loads. Latency is that of the whole exchange, the network included; what the server
 * tells of queue and execution stands beside it.
 *
 * @throws InputError when the address is none, or holds credentials
 * @example kserveExecutor({ url: "http://localhost:8000" })
 */
export function kserveExecutor(options: Pick<KServeOptions, "url"> & Partial<KServeOptions>): Executor {
  const settings: KServeOptions = {
    models: [],
    seed: "partitune",
    authorization: process.env[authorizationVariable],
    patience: usualPatience,
    ...options,
  };
  const address = serverAddress(settings.url);
  const opened = new Map<string, number>();
  const connect = () => openAt(address, settings);
  return {
    name: "kserve",
    clock: systemClock,
    engines: ["kserve"],
    loads: ["closed", "poisson", "periodic"],
    describe: () => within(connect, (server) => describe(server, address, settings)),
    identify: (workload) => within(connect, (server) => identify(workload, server, address)),
    async admit(partition) {
      admit(partition);
    },
    openNull: async () => pinging(await connect()),
    async open(workload, config, load = oneInFlight) {
      const key = `${formatConfig(config)} under ${formatLoad(load)}`;
      const times = opened.get(key) ?? 0;
      opened.set(key, times + 1);
      const server = await connect();
      try {
        const recipe = await recipeOf(workload, server, settings);
        const { KServeSession } = await import("../kserve/kserveSession.ts");
        const { patience, authorization } = settings;
        const seed = `${settings.seed} ${key} ${times}`;
        return new KServeSession({
          ...{ server, recipe, load, patience, seed },
          ...(authorization === undefined ? {} : { authorization }),
        });
      } catch (error) {
        await server.close();
        throw error;
      }
    },
  };
}

/** The client is loaded when it is first needed. */
async function openAt(address: ServerAddress, { authorization }: KServeOptions): Promise<KServeServer> {
  const { openServer } = await import("../kserve/openServer.ts");
  return openServer({ address, connections: 1, ...(authorization === undefined ? {} : { authorization }) });
}

/** Asks a server something before anything is measured: what goes wrong then is the user's to correct. */
async function within<T>(connect: () => Promise<KServeServer>, ask: (server: KServeServer) => Promise<T>): Promise<T> {
  try {
    const server = await connect();
    return await ask(server).finally(() => server.close());
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    throw new InputError({
      what: "the server",
      problem: `cannot be measured (${error.message})`,
      advice: "see that it runs, that the address is right, and that the model is loaded",
    });
  }
}

async function describe(server: KServeServer, { label }: ServerAddress, { models }: KServeOptions) {
  const named = server.version === "" ? server.name : `${server.name} ${server.version}`;
  const device: Device = {
    name: `${named} at ${label}`,
    kind: "server",
    processor: "not told by the server",
    cores: 1,
    memoryBytes: unknownMemoryBytes,
    partitionSchemes: [{ kind: "whole" }],
    powerModes: [{ name: "default" }],
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
  const facts: Record<string, string> = {};
  for (const engine of models) {
    const { platform, versions } = await server.model(engine);
    facts[`model ${engine.model}`] = [platform, `versions ${engine.modelVersion ?? versions.join(", ")}`]
      .filter((text) => text !== "")
      .join(", ");
  }
  const environment = {
    executor: "kserve",
    server: named,
    extensions: [...server.extensions].sort().join(", "),
    tensors: server.isBinary ? "binary" : "JSON",
    node: process.version,
    ...facts,
  };
  return { device, environment };
}

async function identify(workload: Workload, server: KServeServer, address: ServerAddress): Promise<string> {
  const engine = engineOf(workload);
  if (workload.task !== "inference")
    throw new InputError({
      what: `workload "${workload.name}"`,
      problem: `is for ${workload.task}, and a server answers requests`,
      advice: "measure its inference, or train it on another executor",
    });
  const own = serverAddress(engine.url);
  if (own.label !== address.label)
    throw new InputError({
      what: `workload "${workload.name}"`,
      problem: `is served at ${own.label}, and this campaign measures ${address.label}`,
      advice: "measure one server at a time, each into a folder of its own",
    });
  const model = await server.model(engine);
  planServedInputs(model, engine, server.isBinary);
  const { platform, versions, inputs, outputs } = model;
  return digest({ platform, versions, inputs, outputs });
}

function admit(partition: Partition): void {
  if (partition.kind === "whole") return;
  throw new InputError({
    what: `partition "${formatPartition(partition)}"`,
    problem: "cannot be set: the server decides what its models run on",
    advice: 'leave it out, or write "whole"',
  });
}

async function recipeOf(workload: Workload, server: KServeServer, { seed }: KServeOptions): Promise<RequestRecipe> {
  const engine = engineOf(workload);
  const model = await server.model(engine);
  const { isBinary } = server;
  return { engine, model, plan: planServedInputs(model, engine, isBinary), isBinary, seed };
}

function engineOf({ name, engine }: Workload): KServeEngine {
  if (engine.engine === "kserve") return engine;
  throw new WorkerFailure(
    "failed",
    `workload "${name}" has engine "${engine.engine}", and a server runs only its own models`,
  );
}

/** Round trips that do nothing. */
function pinging(server: KServeServer): Session {
  return {
    mechanism: "requests over HTTP",
    async run() {
      const start = systemClock.now();
      const end = await server.ping();
      return { start, end, service: 0 };
    },
    usage: async () => untoldUsage,
    close: () => server.close(),
  };
}

import type { Seconds } from "@partitune/schema";
import { type ServerUsage, WorkerFailure } from "../executor.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { readJson } from "./readJson.ts";
import { type KServeEngine, modelPath, parseLargestBatch, parseModel, type ServedModel } from "./servedModel.ts";
import { parseStatistics } from "./statistics.ts";

/** A server of models, asked about itself. */
export interface KServeServer {
  readonly connection: Connection;
  readonly name: string;
  readonly version: string;
  /** Extensions of the protocol that it announces. */
  readonly extensions: readonly string[];
  /** True when it takes tensors in binary form. */
  readonly isBinary: boolean;
  /** A round trip that does nothing; gives when it ended. */
  ping(): Promise<Seconds>;
  /**
   * Describes a model.
   *
   * @throws WorkerFailure when it is not there or not ready
   */
  model(engine: KServeEngine): Promise<ServedModel>;
  /** Totals of a model since the server's start; undefined where the server keeps none. */
  statistics(engine: KServeEngine): Promise<ServerUsage | undefined>;
  close(): Promise<void>;
}

/** Questions about the server itself are answered at once, or something is wrong. */
const patience: Seconds = 10;

/**
 * Opens a server that speaks the KServe v2 inference protocol (the Open Inference Protocol) over HTTP.
 *
 * @throws WorkerFailure when nothing answers, it is not ready, or it speaks something else
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 */
export async function openServer(options: ConnectionOptions): Promise<KServeServer> {
  const connection = new Connection(options);
  try {
    const { value } = await readJson(connection, "/v2", patience, "asked for its metadata");
    const { name, version, extensions } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== "string")
      throw new WorkerFailure(
        "garbage",
        `${options.address.label} tells no name: it does not speak the KServe v2 protocol`,
      );
    await readJson(connection, "/v2/health/ready", patience, "asked whether it is ready");
    const known = Array.isArray(extensions) ? extensions.map(String) : [];
    return new OpenServer(connection, name, typeof version === "string" ? version : "", known);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class OpenServer implements KServeServer {
  readonly connection: Connection;
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];

  constructor(connection: Connection, name: string, version: string, extensions: readonly string[]) {
    this.connection = connection;
    this.name = name;
    this.version = version;
    this.extensions = extensions;
  }

  get isBinary(): boolean {
    return this.extensions.includes("binary_tensor_data");
  }

  async ping(): Promise<Seconds> {
    return (await readJson(this.connection, "/v2/health/live", patience, "asked whether it lives")).end;
  }

  async model(engine: KServeEngine): Promise<ServedModel> {
    const path = modelPath(engine);
    const about = `asked about model "${engine.model}"`;
    await readJson(this.connection, `${path}/ready`, patience, `asked whether model "${engine.model}" is ready`);
    const described = parseModel((await readJson(this.connection, path, patience, about)).value, engine);
    if (!this.extensions.includes("model_configuration")) return described;
    const configuration = await readJson(this.connection, `${path}/config`, patience, about);
    const largestBatch = parseLargestBatch(configuration.value);
    return largestBatch === undefined ? described : { ...described, largestBatch };
  }

  async statistics(engine: KServeEngine): Promise<ServerUsage | undefined> {
    if (!this.extensions.includes("statistics")) return undefined;
    const { value } = await readJson(
      this.connection,
      `${modelPath(engine)}/stats`,
      patience,
      "asked for its statistics",
    );
    return parseStatistics(value);
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

import type { TritonModel } from "./tritonModels.ts";
import { turnsOfBatch } from "./turns.ts";

/**
 * A model's `config.pbtxt`, in the text format of protocol buffers.
 *
 * `count` is threads of one server, each with a queue of none of its own: a free one takes what has gathered. Where the plan waits for a batch to
 * fill, its size is preferred and the delay is the longest that a request is kept for that. Tenants that take turns need the same resource.
 *
 * @see Triton Inference Server, Model Configuration (message ModelConfig) and Rate Limiter
 */
export function writeModelConfig({ placed, name }: TritonModel): string {
  const { tenant, piece, service, workload } = placed;
  const turn = turnsOfBatch(piece, tenant);
  const limiter =
    turn === undefined ? "" : `\n    rate_limiter { resources [ { name: "turn" count: ${turn} } ] priority: 1 }`;
  return `name: ${quote(name)}
${workload.engine.engine === "onnx" ? 'platform: "onnxruntime_onnx"\n' : ""}max_batch_size: ${tenant.batch}
instance_group [
  {
    count: ${tenant.processes}
    kind: KIND_GPU
    gpus: [ 0 ]${limiter}
  }
]
${batching(tenant.batch, tenant.maxDelaySeconds)}${parameter("partitune_tenant", tenant.id)}${parameter("partitune_service", service.name)}${parameter("partitune_workload", workload.name)}`;
}

function batching(batch: number, delaySeconds: number): string {
  if (batch === 1) return "";
  const delay = Math.round(delaySeconds * 1e6);
  if (delay === 0) return "dynamic_batching { }\n";
  return `dynamic_batching { preferred_batch_size: [ ${batch} ] max_queue_delay_microseconds: ${delay} }\n`;
}

function parameter(key: string, value: string): string {
  return `parameters { key: ${quote(key)} value { string_value: ${quote(value)} } }\n`;
}

/** @see Protocol Buffers, Text Format Language: string literals */
function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll(/\p{Cc}/gu, octal)}"`;
}

function octal(character: string): string {
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

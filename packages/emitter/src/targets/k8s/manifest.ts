import { type FleetPlan, InputError } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { planId } from "../../planId.ts";
import { containerEnvironment } from "../services/containerEnvironment.ts";
import { type PlacedTenant, tenantsOf } from "../services/fleetParts.ts";
import { planDigest } from "../services/planDigest.ts";
import { uniqueNames } from "../services/uniqueNames.ts";

/** Text that Kubernetes stores, key by key. */
type Texts = Readonly<Record<string, string>>;

/** What all objects of a plan share, and what they are called. */
export interface Naming {
  readonly namespace: string;
  readonly plan: string;
  readonly digest: string;
  /** Of a tenant's Deployment, by its id. */
  readonly tenants: ReadonlyMap<string, string>;
  /** Of a card, by its id. */
  readonly cards: ReadonlyMap<string, string>;
}

/** @throws InputError when the namespace is no DNS label */
export function namingOf(plan: FleetPlan, options: EmitOptions): Naming {
  const { name, namespace = "default" } = options;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new InputError({
      what: `namespace "${namespace}"`,
      problem: "is no name of a Kubernetes namespace",
      advice: "use lower-case letters, digits and dashes, at most 63",
    });
  const id = planId(name);
  // A plan's id has up to 33 characters; a claim's name ends in a dash and a digest of eight, a Deployment's gets as much from Kubernetes.
  const named = (texts: readonly string[]) =>
    new Map(uniqueNames(texts, 20).map((label, i) => [texts[i]!, `${id}-${label}`]));
  return {
    namespace,
    plan: id,
    digest: planDigest(plan),
    tenants: named(tenantsOf(plan).map(({ tenant }) => tenant.id)),
    cards: named(plan.gpus.map((gpu) => gpu.id)),
  };
}

/** Metadata of an object: found again by the plan, and told apart from those of an earlier version of it by the digest. */
export function metadata({ namespace, plan, digest }: Naming, name: string, annotations: Texts) {
  return {
    name,
    namespace,
    labels: {
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/part-of": plan,
      "app.kubernetes.io/managed-by": "partitune",
      "partitune/plan-digest": digest,
    },
    annotations,
  };
}

/** What a Deployment depends on beside its tenant. */
export interface DeploymentParts {
  readonly image: string;
  readonly inMps: boolean;
  readonly container: Readonly<Record<string, unknown>>;
  readonly pod: Readonly<Record<string, unknown>>;
}

/**
 * A Deployment of a tenant: as many replicas as it has processes. They are replaced one after the other and never doubled, since there is
 * no room for one more on the piece.
 */
export function deployment(naming: Naming, placed: PlacedTenant, { image, inMps, container, pod }: DeploymentParts) {
  const { tenant, piece, card, service, workload } = placed;
  const name = naming.tenants.get(tenant.id)!;
  const found = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": naming.plan };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(naming, name, {
      "partitune/tenant": tenant.id,
      "partitune/service": service.name,
      "partitune/workload": workload.name,
      "partitune/piece": piece.id,
      "partitune/card": card.id,
      "partitune/rate-per-second": String(tenant.ratePerSecond),
    }),
    spec: {
      replicas: tenant.processes,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: found },
      template: {
        metadata: { labels: found },
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: "server", image, env: variables(containerEnvironment(placed, inMps)), ...container }],
          ...pod,
        },
      },
    },
  };
}

/** Kubernetes replaces `$(NAME)` in a value, and takes `$$` for a dollar. */
function variables(environment: Texts) {
  return Object.entries(environment).map(([name, value]) => ({ name, value: value.replaceAll("$", "$$$$") }));
}

export { buildZooModel, defaultZooDirectory } from "./buildZooModel.ts";
export { type Graph, parameterCount } from "./graph.ts";
export { type ZooName, type ZooNetwork, zooNetworks } from "./networks/index.ts";
export { formatZooSpec, isZooSpec, parseZooSpec, type ZooSpec } from "./parseZooSpec.ts";

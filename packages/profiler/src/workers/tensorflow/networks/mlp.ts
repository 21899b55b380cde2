import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Builder } from "./builder.ts";

/** Two hidden layers of 512 units and ten classes: 669,706 parameters for 784 features. Not a published network. */
export function mlp(builder: Builder, features: number): LayersModel {
  const hidden = [512, 512].reduce(
    (value, units) => builder.activated(builder.dense(value, units), "relu"),
    builder.input([features]),
  );
  return builder.finish(builder.dense(hidden, 10));
}

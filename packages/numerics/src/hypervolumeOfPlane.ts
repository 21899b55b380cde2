import { argsort } from "./argsort.ts";

/** Area of the union of the boxes (0, 0) … (gain, gain), for n × 2 gains > 0: a sweep from the widest box down; O(n log n). */
export function hypervolumeOfPlane(gains: Float64Array): number {
  const n = gains.length / 2;
  const widths = new Float64Array(n);
  for (let i = 0; i < n; i++) widths[i] = gains[2 * i]!;
  const order = argsort(widths);
  let area = 0;
  let height = 0;
  for (let k = n - 1; k >= 0; k--) {
    const gain = gains[2 * order[k]! + 1]!;
    if (gain <= height) continue;
    area += widths[order[k]!]! * (gain - height);
    height = gain;
  }
  return area;
}

import type { KernelConfig, Tensor, Tensor4D, TensorInfo } from "@tensorflow/tfjs-core";

type Core = typeof import("@tensorflow/tfjs-core");
type Pair = readonly [number, number];
type Padding = "valid" | "same" | number | [number, number][];

/** Attributes of the kernels below that matter here. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly filterShape?: [number, number, number, number];
  readonly inputShape?: [number, number, number, number];
}

/** Geometry of a two-dimensional convolution, channels last. */
interface Geometry {
  readonly stride: Pair;
  readonly kernel: Pair;
  readonly out: Pair;
  /** Rows and columns of zeros before the image. */
  readonly before: Pair;
}

/**
 * Adds the kernels that convolutions need to learn and that the WebAssembly backend of TensorFlow.js 4.22.0 lacks: gradients for the
 * filters of plain and depthwise convolutions, and for the input of depthwise ones. (Dilated convolutions learn on no backend of it.) They are composed of kernels that the
 * backend has, so they run as fast as those.
 */
export function registerWasmGradients(tf: Core): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    if (tf.getKernel(kernelName, "wasm") !== undefined) continue;
    const kernelFunc: KernelConfig["kernelFunc"] = ({ inputs, attrs }) => {
      const given = inputs as Readonly<Record<string, TensorInfo>> as Readonly<Record<string, Tensor4D>>;
      return tf.tidy(() => gradient(tf, given, attrs as unknown as Attributes));
    };
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
}

type Gradient = (tf: Core, inputs: Readonly<Record<string, Tensor4D>>, attributes: Attributes) => Tensor;

const gradients: Readonly<Record<string, Gradient>> = {
  /**
   * dL/dw[i, j, c, k] = Σ over images n and places (p, q) of x[n, s·p + i, s·q + j, c] · dy[n, p, q, k]: a convolution of the images,
   * with images as its channels and channels as its images, by dy dilated by the stride s.
   */
  Conv2DBackpropFilter(tf, { x, dy }, attributes) {
    const shape = attributes.filterShape!;
    const { stride, kernel, before, out } = geometryOf(tf, x!, shape, attributes, false);
    const padded = padForKernel(
      tf,
      x!,
      before,
      [0, 1].map((axis) => reach(out[axis]!, stride[axis]!, kernel[axis]!)),
    );
    const images = tf.transpose(padded, [3, 1, 2, 0]);
    const weights = tf.transpose(dy!, [1, 2, 0, 3]);
    return tf.transpose(tf.conv2d(images, weights, 1, "valid", "NHWC", [...stride]), [1, 2, 0, 3]);
  },

  /** The same, channel by channel: for each place (i, j) of the kernel a product of shifted images with dy, summed over all places. */
  DepthwiseConv2dNativeBackpropFilter(tf, { x, dy }, attributes) {
    const shape = attributes.filterShape!;
    const { stride, kernel, before, out } = geometryOf(tf, x!, shape, attributes, true);
    const [, , channels, multiplier] = shape;
    const spans = [0, 1].map((axis) => reach(out[axis]!, stride[axis]!, kernel[axis]!));
    const padded = padForKernel(tf, x!, before, spans);
    const errors = tf.reshape(dy!, [dy!.shape[0], ...out, channels, multiplier]);
    const rows = places(kernel).map(([i, j]) => {
      const shifted = tf.stridedSlice(
        padded,
        [0, i, j, 0],
        [padded.shape[0], i + (out[0] - 1) * stride[0] + 1, j + (out[1] - 1) * stride[1] + 1, channels],
        [1, ...stride, 1],
      );
      return tf.sum(tf.mul(tf.expandDims(shifted, 4), errors), [0, 1, 2]);
    });
    return tf.reshape(tf.stack(rows), shape);
  },

  /** Each error is spread over the places its output has read: a depthwise convolution of dy, its places set apart by the stride, by the turned filter. */
  DepthwiseConv2dNativeBackpropInput(tf, { dy, filter }, attributes) {
    const shape = attributes.inputShape!;
    const x = { shape } as Tensor4D;
    const { stride, kernel, before } = geometryOf(tf, x, filter!.shape, attributes, true);
    const [, , channels, multiplier] = filter!.shape;
    const spread = setApart(tf, dy!, stride);
    const spans = [0, 1].map((axis) => kernel[axis]! - 1);
    const room = [0, 1].map((axis) => {
      const front = spans[axis]! - before[axis]!;
      return [front, shape[axis + 1]! + spans[axis]! - front - spread.shape[axis + 1]!] as const;
    });
    const placed = cropOrPad(tf, spread, room);
    const turned = tf.reverse(filter!, [0, 1]);
    const parts = Array.from({ length: multiplier }, (_, m) => {
      const errors =
        multiplier === 1
          ? placed
          : tf.reshape(
              tf.slice(
                tf.reshape(placed, [...placed.shape.slice(0, 3), channels, multiplier]),
                [0, 0, 0, 0, m],
                [-1, -1, -1, -1, 1],
              ),
              [...placed.shape.slice(0, 3), channels] as [number, number, number, number],
            );
      const weights = tf.slice(turned, [0, 0, 0, m], [-1, -1, -1, 1]);
      return tf.depthwiseConv2d(errors as Tensor4D, weights, 1, "valid");
    });
    return tf.addN(parts);
  },
};

function geometryOf(
  tf: Core,
  x: Tensor4D,
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode }: Attributes,
  depthwise: boolean,
): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape as [number, number, number, number],
    strides,
    1,
    pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    dimRoundingMode,
    depthwise,
  );
  return {
    stride: [info.strideHeight, info.strideWidth],
    kernel: [info.filterHeight, info.filterWidth],
    out: [info.outHeight, info.outWidth],
    before: [info.padInfo.top, info.padInfo.left],
  };
}

/** Rows that a window of `kernel` rows sees, put at `count` places a stride apart. */
function reach(count: number, stride: number, kernel: number): number {
  return (count - 1) * stride + kernel;
}

function padForKernel(tf: Core, x: Tensor4D, before: Pair, spans: readonly number[]): Tensor4D {
  return cropOrPad(
    tf,
    x,
    [0, 1].map((axis) => [before[axis]!, spans[axis]! - before[axis]! - x.shape[axis + 1]!] as const),
  );
}

/** Adds rows and columns of zeros at both ends, or takes them away where their number is negative. */
function cropOrPad(tf: Core, x: Tensor4D, room: readonly (readonly [number, number])[]): Tensor4D {
  const [rows, columns] = room.map((ends) => ends.map((end) => Math.max(end, 0)) as [number, number]);
  const [top, left] = room.map(([front]) => Math.max(-front, 0));
  const [height, width] = room.map(
    ([front, back], axis) => x.shape[axis + 1]! + Math.min(front, 0) + Math.min(back, 0),
  );
  const kept = tf.slice(x, [0, top!, left!, 0], [-1, height!, width!, -1]);
  return tf.pad(kept, [[0, 0], rows!, columns!, [0, 0]]);
}

/** Puts zeros between rows and columns, so that neighbours are a stride apart; a few zeros follow the last ones. */
function setApart(tf: Core, x: Tensor4D, [down, across]: Pair): Tensor4D {
  if (down === 1 && across === 1) return x;
  const [images, height, width, channels] = x.shape;
  const rows = tf.pad(tf.reshape(x, [images * height, 1, width * channels]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
  ]);
  const columns = tf.pad(tf.reshape(rows, [images * height * down * width, 1, channels]), [
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  return tf.reshape(columns, [images, height * down, width * across, channels]);
}

function places([height, width]: Pair): readonly Pair[] {
  return Array.from({ length: height * width }, (_, place) => [Math.floor(place / width), place % width] as const);
}

/** A column of numbers that grows. */
export interface NumberColumn<Values extends Float64Array | Int32Array> {
  readonly push: (value: number) => void;
  /** All of them, without copying; later pushes may or may not show. */
  readonly values: () => Values;
}

export function floatColumn(): NumberColumn<Float64Array> {
  let values = new Float64Array(1024);
  let length = 0;
  return {
    push: (value) => {
      if (length === values.length) values = enlarged(values, new Float64Array(2 * length));
      values[length++] = value;
    },
    values: () => values.subarray(0, length),
  };
}

export function intColumn(): NumberColumn<Int32Array> {
  let values = new Int32Array(1024);
  let length = 0;
  return {
    push: (value) => {
      if (length === values.length) values = enlarged(values, new Int32Array(2 * length));
      values[length++] = value;
    },
    values: () => values.subarray(0, length),
  };
}

function enlarged<Values extends Float64Array | Int32Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}

/** Constant tensors of a model under conversion. */

export interface Constant {
  readonly dims: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
}

/** Reorders the axes of a row-major constant: output axis i is input axis `order[i]`. */
export function transposeConstant(constant: Constant, order: readonly number[]): Constant {
  const { dims, data } = constant;
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const outDims = order.map((axis) => dims[axis]!);
  const outStrides = order.map((axis) => strides[axis]!);
  const out = data instanceof Float32Array ? new Float32Array(data.length) : new Int32Array(data.length);
  const index = new Array<number>(order.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += outStrides[axis]!;
      index[axis]!++;
      if (index[axis]! < outDims[axis]!) break;
      from -= outStrides[axis]! * outDims[axis]!;
      index[axis] = 0;
    }
  }
  return { dims: outDims, data: out };
}

/** The same values as single-precision numbers. */
export const floatsOf = (constant: Constant): Float32Array<ArrayBuffer> =>
  constant.data instanceof Float32Array ? constant.data : Float32Array.from(constant.data);

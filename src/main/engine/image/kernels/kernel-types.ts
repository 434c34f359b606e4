/**
 * What `kernels/index.ts` exports. Planes are given by their places in the memory (bytes), rooms by theirs; what each
 * does is told where it is written.
 */
export interface Kernels {
  blur(plane: number, width: number, height: number, r0: number, r1: number, r2: number, room: number): void;
  reduce(source: number, width: number, height: number, out: number, room: number): void;
  addEnlarged(
    coarse: number,
    fine: number,
    width: number,
    height: number,
    sign: number,
    out: number,
    room: number,
  ): void;
  mixBand(face: number, background: number, mask: number, gain: number, n: number): void;
  bandEnergy(band: number, mask: number, limit: number, n: number): number;
  enlarge(
    source: number,
    sw: number,
    sh: number,
    out: number,
    width: number,
    height: number,
    ax: number,
    ay: number,
    offset: number,
    room: number,
  ): void;
  shrink(source: number, width: number, height: number, factor: number, out: number): void;
  sampleBilinear(
    source: number,
    sw: number,
    sh: number,
    channels: number,
    u: number,
    v: number,
    stride: number,
    width: number,
    height: number,
    scale: number,
    out: number,
  ): void;
  sampleCubic(source: number, sw: number, sh: number, u: number, v: number, mask: number, n: number, out: number): void;
  warpAffine(
    source: number,
    sw: number,
    sh: number,
    u0: number,
    ux: number,
    uy: number,
    v0: number,
    vx: number,
    vy: number,
    width: number,
    height: number,
    out: number,
    outside: number,
  ): void;
}

/** What of the global `WebAssembly` is used: the types of Node leave it to those of browsers. */
export interface WebAssemblyApi {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
  }) => {
    readonly buffer: ArrayBuffer;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Kernels };
}

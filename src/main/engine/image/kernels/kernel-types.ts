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
  mapTable(values: number, table: number, steps: number, out: number, n: number): void;
  changedLight(
    light: number,
    change: number,
    share: number,
    mask: number,
    n: number,
    table: number,
    low: number,
    scale: number,
    steps: number,
    out: number,
  ): void;
  weighPlanes(planes: number, n: number, a: number, b: number, c: number, out: number): void;
  labPixels(
    rgb: number,
    n: number,
    linear: number,
    linearSteps: number,
    curve: number,
    curveSteps: number,
    top: number,
    out: number,
  ): void;
  lightChange(
    own: number,
    mask: number,
    wanted: number,
    present: number,
    ratio: number,
    sw: number,
    sh: number,
    width: number,
    height: number,
    contrast: number,
    faint: number,
    knee: number,
    beyond: number,
    out: number,
    room: number,
  ): void;
  changedBox(before: number, after: number, width: number, height: number, least: number, box: number): void;
  packChange(
    before: number,
    after: number,
    width: number,
    height: number,
    x0: number,
    y0: number,
    areaWidth: number,
    areaHeight: number,
    values: number,
  ): void;
  changeStrength(values: number, n: number, least: number, strength: number, within: number): void;
  detailShare(values: number, strength: number, within: number, n: number, from: number, to: number): void;
  addRowBytes(
    data: number,
    pixel: number,
    values: number,
    down: number,
    u: number,
    v: number,
    du: number,
    dv: number,
    count: number,
    least: number,
  ): void;
  addRowPlanes(
    data: number,
    plane: number,
    values: number,
    down: number,
    u: number,
    v: number,
    du: number,
    dv: number,
    count: number,
    least: number,
    changed: number,
  ): void;
  unpackBytes(
    source: number,
    step: number,
    red: number,
    green: number,
    blue: number,
    count: number,
    out: number,
    plane: number,
  ): void;
  mixPlanes(own: number, other: number, share: number, n: number, channels: number): void;
  ramp(plane: number, low: number, scale: number, n: number, out: number): void;
  raise(plane: number, other: number, scale: number, n: number): void;
  multiplyAdd(a: number, b: number, c: number, n: number, out: number): void;
  inverseVariance(squares: number, mean: number, eps: number, n: number): void;
  linearModel(products: number, means: number, guideMean: number, weight: number, n: number): void;
  faceOpacity(mask: number, region: number, cover: number, lost: number, share: number, n: number, out: number): void;
  seenShare(mask: number, cover: number, lost: number, n: number, out: number): void;
  fadeInto(plane: number, smooth: number, inside: number, n: number): number;
  divideBy(plane: number, weight: number, least: number, n: number): void;
  rasterize(
    vertices: number,
    triangles: number,
    count: number,
    values: number,
    channels: number,
    width: number,
    height: number,
    depth: number,
    attributes: number,
  ): void;
  pull(
    fine: number,
    fineWeight: number,
    width: number,
    height: number,
    channels: number,
    out: number,
    outWeight: number,
  ): void;
  push(
    fine: number,
    weight: number,
    coarse: number,
    width: number,
    height: number,
    channels: number,
    out: number,
  ): void;
  holeOpacity(lost: number, region: number, cover: number, share: number, n: number, out: number): number;
  fillHole(plane: number, background: number, change: number, hole: number, n: number): void;
  weighMoves(
    points: number,
    count: number,
    side: number,
    step: number,
    softness: number,
    dx: number,
    dy: number,
    nearest: number,
  ): void;
  densities(colors: number, count: number, model: number, components: number, out: number): void;
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

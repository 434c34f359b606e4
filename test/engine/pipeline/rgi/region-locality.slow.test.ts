/**
 * Texture and shape of a region are exchanged in the generated crop where the region lies, and nowhere else but in the
 * border that the kernels' footprints allow. The generator up to 64 pixels with synthetic weights.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dilateBox, square } from '#engine/image/exact/box-morphology.ts';
import { resizeNearest } from '#engine/image/exact/nearest-resize.ts';
import type { LabelMap } from '#engine/image/picture.ts';
import { generatorLayers, maskedLayers, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { PAPER_SHAPES, recompose } from '#engine/pipeline/rgi/recompose.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import { goldenTensor, oneHotMap } from '#test/support/golden-tensors.ts';
import { type GoldenFile, writeGoldenFile } from '#test/support/golden-weights.ts';

const SIZE = 64;
const LABEL_SIZE = 512;

/** Ellipses of a face: region, centre, half axes. Later ones cover earlier ones. */
type Ellipse = readonly [id: RegionId, x: number, y: number, a: number, b: number];

const draw = (ellipses: readonly Ellipse[]): LabelMap => {
  const labels = new Uint8Array(LABEL_SIZE * LABEL_SIZE);
  for (const [id, cx, cy, a, b] of ellipses) {
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = [i % LABEL_SIZE, Math.floor(i / LABEL_SIZE)];
      if (((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1) labels[i] = regionIndex(id);
    }
  }
  return { width: LABEL_SIZE, height: LABEL_SIZE, labels };
};

/** A face whose parts are moved by (dx, dy). */
const face = (dx: number, dy: number): LabelMap =>
  draw([
    ['hair', 256, 210, 190, 200],
    ['neck', 256, 450, 90, 110],
    ['ears', 110, 260, 24, 50],
    ['ears', 402, 260, 24, 50],
    ['earrings', 104, 312, 10, 12],
    ['skin', 256 + dx, 270 + dy, 140, 180],
    ['brows', 190 + dx, 200 + dy, 40, 10],
    ['brows', 322 + dx, 200 + dy, 40, 10],
    ['eyes', 190 + dx, 232 + dy, 30, 14],
    ['eyes', 322 + dx, 232 + dy, 30, 14],
    ['nose', 256 + dx, 285 + dy, 32, 45],
    ['lips', 256 + dx, 366 + dy, 60, 26],
    ['mouth', 256 + dx, 366 + dy, 44, 9],
  ]);

const target = face(0, 0);
const driven = face(9, -7);
const recomposed = recompose([target, driven]).map;
const withTargetShape = new Map(
  REGIONS.filter(({ defaultShape }) => defaultShape === 'source').map(({ id, index }) => [
    id,
    recompose([target, driven], PAPER_SHAPES.with(index, 0)).map,
  ]),
);

const layers = maskedLayers(SIZE);
const capacities = regionCapacities(
  [recomposed, ...withTargetShape.values()].map(({ labels }) => labels),
  LABEL_SIZE,
  layers,
  REGIONS.length,
);
const codes = goldenTensor('locality:target', [1, REGIONS.length, 18, 512]).data as Float32Array;
const otherCodes = goldenTensor('locality:source', [1, REGIONS.length, 18, 512]).data as Float32Array;
const CODE_ROW = 18 * 512;

/** Pixels of the picture that may change when the marked pixels of the label map do, whatever the weights. */
function footprint(marked: Uint8Array): Uint8Array<ArrayBuffer> {
  let changed = new Uint8Array(16);
  for (const { kind, size, upsample } of generatorLayers(SIZE)) {
    const own = resizeNearest(marked, LABEL_SIZE, LABEL_SIZE, size, size);
    if (kind === 'styled') {
      const from = upsample ? size / 2 : size;
      // The kernel reads one sample to each side; an upsampling one reads it at half the size.
      const reached = dilateBox(changed, from, from, square(1));
      changed = resizeNearest(reached, from, from, size, size);
    }
    for (let i = 0; i < own.length; i++) if (own[i] === 1) changed[i] = 1;
  }
  return changed;
}

describe('in the generated crop', () => {
  let weights: GoldenFile;
  let session: Awaited<ReturnType<typeof openGraph>>;
  let before: Float32Array;

  const generate = async (styles: Float32Array, { labels }: LabelMap): Promise<Float32Array> => {
    const { image } = await session.run({
      codes: { dims: [1, REGIONS.length, 18, 512], data: styles },
      oneHot: oneHotMap(labels, LABEL_SIZE, REGIONS.length),
      ...regionInputs(labels, LABEL_SIZE, layers, capacities),
    });
    return image!.data as Float32Array;
  };

  beforeAll(async () => {
    const graph = new Graph('locality');
    const input = graph.input('codes', [1, REGIONS.length, 18, 512]);
    const oneHot = graph.input('oneHot', [1, REGIONS.length, LABEL_SIZE, LABEL_SIZE]);
    const map = { oneHot, form: { kind: 'exact', capacities } } as const;
    const image = maskGuidedGenerator(new StateDict(graph).under('G'), input, map, { size: SIZE });
    weights = await writeGoldenFile('rgi', [graph]);
    session = await openGraph(graph, { image }, { params: weights.resolve, externalDataFolder: weights.folder });
    before = await generate(codes, recomposed);
  });

  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await weights?.[Symbol.asyncDispose]();
  });

  /** Squared change of each pixel, all channels together. */
  async function changeOf(styles: Float32Array, map: LabelMap): Promise<Float64Array> {
    const after = await generate(styles, map);
    const n = SIZE * SIZE;
    return Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let o = i; o < 3 * n; o += n) sum += (after[o]! - before[o]!) ** 2;
      return sum;
    });
  }

  /** @param marked pixels of the label map that were exchanged */
  function expectLocal(change: Float64Array, marked: Uint8Array): void {
    const own = resizeNearest(marked, LABEL_SIZE, LABEL_SIZE, SIZE, SIZE);
    const allowed = footprint(marked);
    const meanWhere = (isIn: (i: number) => boolean) => {
      const values = change.filter((_, i) => isIn(i));
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    const brightest = before.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const outside = change.filter((_, i) => allowed[i] === 0);
    expect(Math.sqrt(outside.reduce((a, b) => Math.max(a, b), 0))).toBeLessThan(1e-5 * brightest);
    const inside = meanWhere((i) => own[i] === 1);
    expect(Math.sqrt(inside)).toBeGreaterThan(0.01 * brightest);
    expect(inside).toBeGreaterThan(3 * meanWhere((i) => own[i] === 0));
  }

  it.each(['lips', 'hair', 'nose', 'ears', 'earrings'] as const)('the texture of %s changes there', async (id) => {
    const index = regionIndex(id);
    const styles = codes.slice();
    styles.set(otherCodes.subarray(index * CODE_ROW, (index + 1) * CODE_ROW), index * CODE_ROW);
    const change = await changeOf(styles, recomposed);
    expectLocal(
      change,
      recomposed.labels.map((label) => (label === index ? 1 : 0)),
    );
  });

  it.each(['lips', 'brows', 'skin'] as const)('the shape of %s changes where the maps differ', async (id) => {
    const map = withTargetShape.get(id)!;
    expectLocal(
      await changeOf(codes, map),
      recomposed.labels.map((label, i) => (label === map.labels[i] ? 0 : 1)),
    );
  });

  it('the texture of a region that the map lacks changes nothing', async () => {
    const index = regionIndex('glasses');
    const styles = codes.slice();
    styles.set(otherCodes.subarray(index * CODE_ROW, (index + 1) * CODE_ROW), index * CODE_ROW);
    expect((await changeOf(styles, recomposed)).every((v) => v === 0)).toBe(true);
  });

  it('a region too small for the coarse layers reaches no farther than one pixel', () => {
    const marked = recomposed.labels.map((label) => (label === regionIndex('earrings') ? 1 : 0));
    const own = resizeNearest(marked, LABEL_SIZE, LABEL_SIZE, SIZE, SIZE);
    expect(own).toContain(1);
    expect(footprint(marked)).toEqual(dilateBox(own, SIZE, SIZE, square(1)));
  });
});

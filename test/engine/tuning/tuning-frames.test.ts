/** What a clip needs and lacks, and the update that leaves out what no frame has. */
import { expect, it } from 'vitest';
import { ptiStep } from '#engine/tuning/pti-step.ts';
import { clipRegions, type TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { regionIndex } from '#shared/regions.ts';
import { drawnFaceLabels } from '../../../bench/drawn-labels.ts';

const blank = { dims: [1, 3, 32, 32], data: new Float32Array(3 * 32 * 32) };
const vectors = { dims: [1, 12, 1280], data: new Float32Array(12 * 1280) };
const frame = (labels: Uint8Array): TuningFrame => ({ driven: blank, recolored: blank, labels, vectors });
const face = drawnFaceLabels(512);
const without = face.map((label) => (label === regionIndex('glasses') ? regionIndex('skin') : label));

it('knows the regions that no frame has; outside the eroded face there are none', async () => {
  const outside = [regionIndex('hair'), regionIndex('earrings')];
  const clip = (labels: readonly Uint8Array[]) => ({
    count: labels.length,
    read: async (index: number) => frame(labels[index] as Uint8Array),
  });
  expect((await clipRegions(clip([without, face]), [32])).absent).toEqual(outside);
  expect((await clipRegions(clip([without]), [32])).absent).toEqual(
    [...outside, regionIndex('glasses')].toSorted((a, b) => a - b),
  );
});

it('trains no MLP of such a region', () => {
  const options = { form: { kind: 'reference' }, size: 64, targets: 'features' } as const;
  const all = ptiStep(options).trained;
  const some = ptiStep({ ...options, absent: [4, 11] }).trained;
  expect(all.filter((name) => !some.includes(name))).toEqual(all.filter((name) => /^MLPs\.(4|11)\./.test(name)));
  expect(all.length - some.length).toBe(8);
});

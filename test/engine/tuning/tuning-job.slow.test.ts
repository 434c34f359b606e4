/** Tuning a short clip with the real networks on synthetic weights, at a reduced size: it learns, and leaves nothing open. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import { ptiForward } from '#engine/tuning/pti-step.ts';
import { refinePhoto } from '#engine/tuning/refine-photo.ts';
import { readResumeWeights } from '#engine/tuning/resume-weights.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import type { TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { type TuningEvent, type TuningJobOptions, tuneClip } from '#engine/tuning/tuning-job.ts';
import { saveTuning } from '#engine/tuning/tuning-run.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { type SyntheticWeights, syntheticWeights } from '../../../bench/synthetic-weights.ts';
import { tuningClip } from '../../../bench/tuning-clip.ts';

const SIZE = 64;
const FRAMES = 3;
let root: string;
let weights: SyntheticWeights;
let clip: TuningFrame[];
let opened = 0;
let released = 0;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-tune-'));
  weights = await syntheticWeights([ptiForward({ form: { kind: 'reference' }, size: SIZE }).graph]);
  const start: Record<string, TensorData> = {};
  for (const [name, dims] of trainedTensors(SIZE)) start[name] = { dims, data: weights.values(name, dims) };
  const noise = (name: string, count: number): Float32Array => weights.values(`${name}.latent_avg`, [count]);
  const { resolve: params, folder } = weights;
  clip = await tuningClip({ frames: FRAMES, size: SIZE, weights: start, params, folder, noise, distance: 0.1 });
  const create = InferenceSession.create.bind(InferenceSession) as (...given: unknown[]) => Promise<InferenceSession>;
  vi.spyOn(InferenceSession, 'create').mockImplementation((async (...given: unknown[]) => {
    const session = await create(...given);
    opened++;
    const release = session.release.bind(session);
    session.release = async () => {
      released++;
      await release();
    };
    return session;
  }) as typeof InferenceSession.create);
}, 900_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await weights[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const bytesOf = ({ data }: TensorData): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const job = (place: string, change: Partial<TuningJobOptions>): TuningJobOptions => ({
  folder: path.join(root, place),
  frames: { count: FRAMES, read: async (index) => clip[index] as TuningFrame },
  networks: { params: weights.resolve, folder: weights.folder },
  settings: { ptiSteps: 2, ptiLearningRate: 1e-4, recolorLambda: 5, schedule: 'default' },
  size: SIZE,
  likeEnough: 0,
  ...change,
});

describe('tuning a clip', () => {
  it('lowers the loss by more than half, pass by pass, and closes every network', async () => {
    const losses: number[] = [];
    const onEvent = (event: TuningEvent): void => {
      if (event.type === 'update') losses.push(event.losses['loss'] as number);
    };
    const settings = { ptiSteps: 6, ptiLearningRate: 1e-4, recolorLambda: 5, schedule: 'literal' } as const;
    const outcome = await tuneClip(job('falls', { settings, onEvent, previewEvery: 100 }));
    expect(outcome).toMatchObject({ state: 'done', updates: 6 * FRAMES, ended: ['passes'] });
    const passes = Array.from({ length: 6 }, (_, pass) => {
      const own = losses.slice(pass * FRAMES, (pass + 1) * FRAMES);
      return own.reduce((sum, loss) => sum + loss, 0) / own.length;
    });
    // In trend: the mean of each half is below the one before.
    const half = (from: number): number => (passes[from]! + passes[from + 1]! + passes[from + 2]!) / 3;
    expect(half(3)).toBeLessThan(half(0));
    expect(passes[5]).toBeLessThan(0.5 * passes[0]!);
    expect(opened).toBeGreaterThan(0);
    expect(released).toBe(opened);
  });

  it('ends with the same bits when it is paused in every stage', async () => {
    await tuneClip(job('whole', {}));
    for (const stop of [1, FRAMES + 1]) {
      let made = 0;
      const outcome = await tuneClip(
        job('paused', {
          onEvent: (event) => {
            if (event.type === 'update') made = event.update;
          },
          wish: () => (made >= stop ? 'pause' : undefined),
        }),
      );
      expect(outcome).toMatchObject({ state: 'paused', updates: stop });
    }
    expect((await tuneClip(job('paused', {}))).updates).toBe(2 * FRAMES);
    const tuned = (place: string): Promise<Buffer> => readFile(path.join(root, place, 'tuned.safetensors'));
    expect((await tuned('paused')).equals(await tuned('whole'))).toBe(true);
    expect(released).toBe(opened);

    // What was tuned can be loaded as it is, and moved something.
    const settings = { ptiSteps: 0, ptiLearningRate: 1e-4, recolorLambda: 5, schedule: 'default' } as const;
    const resume = path.join(root, 'whole', 'tuned.safetensors');
    const loaded = await tuneClip(job('loaded', { settings: { ...settings, resume } }));
    await using again = await openSafetensors(loaded.tuned as string);
    await using before = await openSafetensors(resume);
    const name = 'G.conv1.conv.weight';
    expect(Buffer.compare(await again.read(name), await before.read(name))).toBe(0);
    const moved = new Float32Array((await again.read(name)).buffer);
    expect(moved).not.toEqual(weights.values(name, again.tensors.get(name)!.shape));
  });
});

describe('refining a photo', () => {
  it('brings the style vectors nearer and hands out the best', async () => {
    const { driven, labels, vectors } = clip[0] as TuningFrame;
    const networks = { params: weights.resolve, folder: weights.folder };
    const losses: number[] = [];
    const photo = { picture: driven, labels, vectors };
    const refined = await refinePhoto({
      photo,
      networks,
      size: SIZE,
      steps: 8,
      learningRate: 3e-3,
      onStep: (step) => losses.push(step.losses['loss'] as number),
    });
    expect(losses).toHaveLength(9);
    expect(refined.before).toBe(losses[0]);
    expect(refined.after).toBe(Math.min(...losses));
    expect(refined.after).toBeLessThan(0.9 * refined.before);
    expect(refined.tuned).toBeUndefined();
    expect(released).toBe(opened);
  });

  it('then moves the generator for this one picture; its weights can begin other tunings', async () => {
    const { driven, labels, vectors } = clip[1] as TuningFrame;
    const networks = { params: weights.resolve, folder: weights.folder };
    const steps: string[] = [];
    const refined = await refinePhoto({
      photo: { picture: driven, labels, vectors },
      networks,
      size: SIZE,
      steps: 0,
      generator: { steps: 5, learningRate: 1e-4 },
      onStep: ({ part, step, total }) => steps.push(`${part} ${step}/${total}`),
      // The last look is left out.
      wish: () => (steps.length === 6 ? 'finish' : undefined),
    });
    expect(steps).toEqual(['vectors 1/1', ...[1, 2, 3, 4, 5].map((step) => `generator ${step}/6`)]);
    expect(refined.vectors).toEqual(vectors);
    expect(refined.after).toBeLessThan(0.95 * refined.before);
    const shapes = trainedTensors(SIZE);
    const tuned = refined.tuned as NonNullable<typeof refined.tuned>;
    expect(new Map(Object.entries(tuned).map(([name, { dims }]) => [name, dims]))).toEqual(shapes);
    const file = path.join(root, 'generator.safetensors');
    await saveTuning(file, { updates: 5, tensors: tuned });
    const average = { dims: [1], data: new Float32Array(1) };
    const read = await readResumeWeights(file, shapes, average);
    expect(read.origin).toBe('studio');
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tuned).sort());
    // Number by number would take minutes.
    for (const [name, tensor] of Object.entries(tuned)) {
      const again = read.tensors[name] as TensorData;
      expect(again.dims).toEqual(tensor.dims);
      expect(Buffer.compare(bytesOf(again), bytesOf(tensor)), name).toBe(0);
    }
    expect(released).toBe(opened);
  });

  it('says at once when the loss is no number, and closes what it opened', async () => {
    const { driven, labels, vectors } = clip[0] as TuningFrame;
    const spoilt = { ...driven, data: new Float32Array(driven.data.length).fill(Number.NaN) };
    const steps: number[] = [];
    const before = opened;
    const work = refinePhoto({
      photo: { picture: spoilt, labels, vectors },
      networks: { params: weights.resolve, folder: weights.folder },
      size: SIZE,
      steps: 2,
      onStep: ({ step }) => steps.push(step),
    });
    await expect(work).rejects.toMatchObject({
      kind: 'input',
      message: 'The loss of this face is NaN before anything has moved.',
      action: expect.stringContaining('or choose another photo'),
    });
    expect(steps).toEqual([]);
    expect(opened).toBeGreaterThan(before);
    expect(released).toBe(opened);
  });
});

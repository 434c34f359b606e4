/**
 * A tuning that can be watched: a network of one matrix paints the pictures of a clip through the real loop, folder and
 * training graph, in milliseconds an update. Its pictures are the studio's own input, its losses are real ones.
 */
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { UsageError } from '#engine/errors.ts';
import type { JobTuning } from '#engine/jobs/video-engine.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { abs, add, mul, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { reduceMean, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';
import { finishStep, LABEL_SIZE, type TrainingStep } from '#engine/tuning/pti-step.ts';
import { planStages, SCHEDULE_START } from '#engine/tuning/schedule.ts';
import { TuningFolder } from '#engine/tuning/tuning-folder.ts';
import type { TuningFrames } from '#engine/tuning/tuning-frames.ts';
import { runTuning, type TuningMachine } from '#engine/tuning/tuning-loop.ts';
import { freshState, TuningRun, type TuningState, trainedShapes } from '#engine/tuning/tuning-run.ts';

export const SIDE = 96;
const PIXELS = 3 * SIDE * SIDE;
/** Numbers that stand for a frame. */
const CODE = 8;
/** From this rate on the loss becomes no number, at this update. */
const WILD_RATE = 0.5;
const LOST_AT = 12;

function painting(): TrainingStep {
  const graph = new Graph('painting');
  const weight = graph.param('w', [CODE, PIXELS]);
  const painted = matmul(graph.input('code', [1, CODE]), weight);
  const towards = (name: string): Record<'mse' | 'lpips' | 'id' | 'parsing' | 'total', Value> => {
    const apart = sub(painted, graph.input(name, [1, PIXELS]));
    const mse = reduceMean(square(apart));
    const lpips = reduceMean(abs(apart));
    const id = square(reduceMean(apart));
    const parsing = reduceMean(square(square(apart)));
    return { mse, lpips, id, parsing, total: add(add(mse, mul(lpips, 0.8)), mul(add(id, parsing), 0.1)) };
  };
  const named = (name: string, terms: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(terms).map(([term, value]) => [`${name}.${term}`, value]));
  const [driven, recolored] = [towards('driven'), towards('recolored')];
  const both = add(driven.total, mul(recolored.total, graph.input('recolorLambda', [])));
  const loss = add(both, reduceSum(graph.input('spoil', [1])));
  const step = finishStep(graph, loss, graph.params());
  return { ...step, outputs: { loss, ...named('driven', driven), ...named('recolored', recolored), ...step.outputs } };
}

export const paintedShapes = trainedShapes(painting());
const blank: TensorData = { dims: [CODE, PIXELS], data: new Float32Array(CODE * PIXELS) };

/** What stands for a frame: mostly the same for all, a little of its own. */
const codeOf = (frame: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: CODE }, (_, at) => (at < CODE / 2 ? 1 : 0.2 * Math.sin(1 + frame * (at + 1))));

const flat = ({ data }: TensorData): TensorData => ({ dims: [1, PIXELS], data });
const scalar = (value: number): TensorData => ({ dims: [], data: Float32Array.of(value) });

interface PaintingOptions {
  readonly frames: TuningFrames;
  readonly state: TuningState;
  readonly recolorLambda: number;
  /** Milliseconds of every update. */
  readonly pace: number;
}

async function openPainting({
  frames,
  state,
  recolorLambda,
  pace,
}: PaintingOptions): Promise<TuningMachine & AsyncDisposable> {
  const run = await TuningRun.open({ step: painting(), params: () => undefined, state });
  return {
    get updates() {
      return run.updates;
    },
    async prepare(_scale, indices, onFrame) {
      for (const done of indices.keys()) {
        onFrame?.(done);
        await delay(pace);
      }
    },
    async update({ frame }, rate, keep) {
      await delay(pace);
      const { driven, recolored } = await frames.read(frame);
      const lost = rate >= WILD_RATE && run.updates + 1 === LOST_AT;
      const inputs = {
        code: { dims: [1, CODE], data: codeOf(frame) },
        driven: flat(driven),
        recolored: flat(recolored),
        recolorLambda: scalar(recolorLambda),
        spoil: { dims: [1], data: Float32Array.of(lost ? Number.NaN : 0) },
      };
      return await run.update(inputs, rate, keep && (async (_loss, stateBefore) => keep(await stateBefore())));
    },
    async evaluate(frame) {
      const { tensors } = await run.state();
      const weight = tensors['w']?.data as Float32Array;
      const data = new Float32Array(PIXELS);
      for (const [row, factor] of codeOf(frame).entries())
        for (let at = 0; at < PIXELS; at++) data[at]! += factor * weight[row * PIXELS + at]!;
      return {
        losses: { loss: data.every(Number.isFinite) ? 0 : Number.NaN },
        reconstruction: { dims: [1, 3, SIDE, SIDE], data },
      };
    },
    state: () => run.state(),
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}

export interface PaintedTuningOptions {
  readonly pace: number;
  /** The tensors of kept weights. */
  readonly weightsOf: (id: string) => Promise<Readonly<Record<string, TensorData>>>;
}

/** The tuning of a job by that network. */
export const openPaintedTuning = ({ pace, weightsOf }: PaintedTuningOptions): JobTuning => ({
  async prepare({ width, height, pixels }, { face }) {
    const [x, y, w, h] = face.box.map(Math.round) as [number, number, number, number];
    const crop = sharp(pixels, { raw: { width, height, channels: 3 } })
      .extract({ left: x, top: y, width: w, height: h })
      .resize(SIDE, SIDE, { fit: 'fill' });
    const driven = await crop.clone().raw().toBuffer();
    const recolored = await crop.tint('#ffd0a0').removeAlpha().raw().toBuffer();
    const picture = (data: Buffer) => ({ width: SIDE, height: SIDE, channels: 3, data: planar(data) });
    return {
      driven: picture(driven),
      recolored: picture(recolored),
      labels: new Uint8Array(LABEL_SIZE ** 2),
      vectors: new Float32Array(12 * 1280),
    };
  },

  async tune({ folder: place, frames, settings, ...rest }) {
    const { ptiSteps, ptiLearningRate, recolorLambda, resumeId, schedule } = settings;
    const folder = new TuningFolder(place, JSON.stringify(settings));
    const base = resumeId === null ? { w: blank } : await weightsOf(resumeId);
    const known = await folder.finished();
    if (known !== undefined) return { state: 'done', updates: known, tuned: folder.tunedFile, ended: [] };
    if (ptiSteps === 0) {
      if (resumeId === null) throw new UsageError('Tuning with 0 steps only loads weights, and none are given.');
      await folder.finish(0, base, [], 'done');
      return { state: 'done', updates: 0, tuned: folder.tunedFile, ended: [] };
    }
    const saved = await folder.load(paintedShapes);
    await using machine = await openPainting({ frames, state: saved?.state ?? freshState(base), recolorLambda, pace });
    const keyFrames = Array.from({ length: Math.min(frames.count, 6) }, (_, at) => at);
    return await runTuning({
      machine,
      folder,
      stages: planStages({ schedule, frames: frames.count, keyFrames, passes: ptiSteps, coarse: true, likeEnough: 0 }),
      schedule: saved?.schedule ?? SCHEDULE_START,
      records: await folder.records(saved?.state.updates ?? 0),
      learningRate: ptiLearningRate,
      recolorLambda,
      sides: { full: SIDE, coarse: SIDE / 2 },
      shapes: paintedShapes,
      extra: {},
      saveEvery: 10,
      previewEvery: 5,
      watched: () => rest.watchedFrame?.() ?? 0,
      ...(rest.wish === undefined ? {} : { wish: rest.wish }),
      ...(rest.onEvent === undefined ? {} : { onEvent: rest.onEvent }),
    });
  },

  [Symbol.asyncDispose]: async () => undefined,
});

/** Planes of interleaved RGB. */
function planar(rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = rgb.length / 3;
  return Uint8Array.from({ length: rgb.length }, (_, at) => rgb[3 * (at % size) + Math.floor(at / size)]!);
}

/** A tuning small enough to be run hundreds of times: least squares on four frames, through the real loop and folder. */
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { add, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { reduceMean, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';
import { finishStep, type TrainingStep } from '#engine/tuning/pti-step.ts';
import { planStages, SCHEDULE_START } from '#engine/tuning/schedule.ts';
import { TuningFolder } from '#engine/tuning/tuning-folder.ts';
import {
  runTuning,
  type TuningLoopOptions,
  type TuningMachine,
  type TuningOutcome,
} from '#engine/tuning/tuning-loop.ts';
import { freshState, TuningRun, type TuningState, trainedShapes } from '#engine/tuning/tuning-run.ts';
import { goldenTensor } from './golden-tensors.ts';

export const FRAMES = 4;
export const LEARNING_RATE = 0.02;
const start = goldenTensor('w', [64, 32]);

function leastSquares(): TrainingStep {
  const graph = new Graph('least-squares');
  const weight = graph.param('w', [64, 32]);
  const error = sub(matmul(graph.input('x', [16, 64]), weight), graph.input('y', [16, 32]));
  const fit = reduceMean(square(error));
  const loss = add(fit, reduceSum(graph.input('spoil', [1])));
  const step = finishStep(graph, loss, graph.params());
  return { ...step, outputs: { loss, 'driven.lpips': fit, 'recolored.lpips': fit, ...step.outputs } };
}

export const smallShapes = trainedShapes(leastSquares());

/** Inputs of a frame. @param spoil is added to its loss */
const frameInputs = (frame: number, spoil = 0): Record<string, TensorData> => ({
  x: goldenTensor(`x${frame}`, [16, 64]),
  y: goldenTensor(`y${frame}`, [16, 32]),
  spoil: { dims: [1], data: Float32Array.of(spoil) },
});

export interface SmallMachine extends TuningMachine, AsyncDisposable {
  /** Frames that were prepared, stage by stage. */
  readonly prepared: number[][];
}

/** @param spoilAt the update whose loss is made NaN */
export async function smallMachine(
  state: TuningState = freshState({ w: start }),
  spoilAt?: number,
): Promise<SmallMachine> {
  const run = await TuningRun.open({ step: leastSquares(), params: () => undefined, state });
  const prepared: number[][] = [];
  return {
    prepared,
    get updates() {
      return run.updates;
    },
    async prepare(_scale, frames, onFrame) {
      for (const done of frames.keys()) onFrame?.(done);
      prepared.push([...frames]);
    },
    async update({ frame }, rate, keep) {
      const spoil = run.updates + 1 === spoilAt ? Number.NaN : 0;
      return await run.update(frameInputs(frame, spoil), rate, keep && (async (_loss, state) => keep(await state())));
    },
    async evaluate() {
      return { losses: { loss: 0.5 }, reconstruction: goldenTensor('picture', [1, 3, 2, 2]) };
    },
    state: () => run.state(),
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}

export interface SmallTuning extends Partial<TuningLoopOptions> {
  readonly place: string;
  readonly passes?: number;
  readonly literal?: boolean;
  readonly spoilAt?: number;
}

/** Begins in a folder, or goes on there. */
export async function runSmallTuning({
  place,
  passes = 10,
  literal,
  spoilAt,
  ...rest
}: SmallTuning): Promise<TuningOutcome> {
  const folder = new TuningFolder(place, 'small');
  const saved = await folder.load(smallShapes);
  await using machine = await smallMachine(saved?.state, spoilAt);
  return await runTuning({
    machine,
    folder,
    stages: planStages({
      schedule: literal ? 'literal' : 'default',
      frames: FRAMES,
      keyFrames: [0, 2],
      passes,
      coarse: true,
      likeEnough: 0,
    }),
    schedule: saved?.schedule ?? SCHEDULE_START,
    records: await folder.records(saved?.state.updates ?? 0),
    learningRate: LEARNING_RATE,
    recolorLambda: 5,
    sides: { full: 64, coarse: 32 },
    shapes: smallShapes,
    extra: { latent_avg: goldenTensor('latent_avg', [18, 512]) },
    watched: () => 0,
    ...rest,
  });
}

/**
 * Refining one photo's face: its style vectors move until the generator draws it as it is (RGI-Optimization, spec
 * rgi-core 5), and then, where that is wanted, the generator itself moves for this one picture. The best that was seen
 * counts, not the last.
 */
import { CancelledError, InputError } from '#engine/errors.ts';
import { oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import type { DeviceId } from '#shared/settings.ts';
import type { NamedTensors } from './kept-tensors.ts';
import { asMemoryError, TRY_AGAIN } from './memory-error.ts';
import { LABEL_SIZE } from './pti-step.ts';
import { pictureFeatures, styleVectorStep } from './style-vector-step.ts';
import { isTunable, trainedTensors } from './trainable.ts';
import { readParams, type TuningNetworks } from './tuning-networks.ts';
import { DivergedError, freshState, TuningRun } from './tuning-run.ts';

/** A face as the encoder sees it. */
export interface EncodedPhoto {
  /** `[1,3,size,size]` in [-1, 1]. */
  readonly picture: TensorData;
  /** 512² regions. */
  readonly labels: Uint8Array;
  /** `[1,12,1280]`, from the encoder. */
  readonly vectors: TensorData;
}

export const REFINE_STEPS = 50;
export const REFINE_RATE = 1e-2;
export const GENERATOR_STEPS = 200;
export const GENERATOR_RATE = 1e-3;

export interface RefineStep {
  readonly part: 'vectors' | 'generator';
  /** From 1; the last one only looks at what the step before reached. */
  readonly step: number;
  readonly total: number;
  /** `loss` and every term, of the state before the step. */
  readonly losses: Readonly<Record<string, number>>;
  /** `[1,3,size,size]`, about [-1, 1]. */
  readonly reconstruction: TensorData;
  /** Whether nothing better was seen so far. */
  readonly best: boolean;
}

export interface RefineOptions {
  readonly photo: EncodedPhoto;
  readonly networks: TuningNetworks;
  /** Adam steps on the style vectors; 0 leaves them as they are. */
  readonly steps?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Moves the generator afterwards. */
  readonly generator?: { readonly steps?: number | undefined; readonly learningRate?: number | undefined } | undefined;
  /** Side of the picture; default 1024. */
  readonly size?: number | undefined;
  readonly device?: DeviceId | undefined;
  /** Asked before each step: `finish` keeps the best so far. */
  readonly wish?: (() => 'finish' | 'cancel' | undefined) | undefined;
  readonly onStep?: ((step: RefineStep) => void) | undefined;
}

export interface RefinedPhoto {
  /** The best style vectors, `[1,12,1280]`. */
  readonly vectors: TensorData;
  /** The trained tensors of the photo's own generator, where it was asked for. */
  readonly tuned: NamedTensors | undefined;
  /** The full loss before and with what is handed out. */
  readonly before: number;
  readonly after: number;
  /** The picture that the result draws. */
  readonly reconstruction: TensorData;
}

/** What the steps of a part found best. */
interface Best {
  readonly loss: number;
  readonly tensors: NamedTensors;
  readonly reconstruction: TensorData;
}

/**
 * @throws CancelledError for the wish `cancel`; InputError when the loss is no number from the first step on; UsageError
 * when memory does not suffice
 */
export async function refinePhoto(options: RefineOptions): Promise<RefinedPhoto> {
  return await asMemoryError(() => refine(options), TRY_AGAIN);
}

async function refine(options: RefineOptions): Promise<RefinedPhoto> {
  const { photo, networks, size = 1024, generator } = options;
  const { steps = REFINE_STEPS, learningRate = REFINE_RATE } = options;
  const image = await featuresOf(options, size);
  const vectors = await follow(options, {
    part: 'vectors',
    size,
    image,
    steps,
    learningRate,
    start: { vectors: photo.vectors },
  });
  const refined = vectors.best.tensors['vectors'] as TensorData;
  const result = { vectors: refined, before: vectors.first };
  if (generator === undefined)
    return { ...result, tuned: undefined, after: vectors.best.loss, reconstruction: vectors.best.reconstruction };
  const own = await follow(options, {
    part: 'generator',
    size,
    image: { ...image, vectors: refined },
    steps: generator.steps ?? GENERATOR_STEPS,
    learningRate: generator.learningRate ?? GENERATOR_RATE,
    start: await readParams(networks, trainedTensors(size)),
  });
  const { loss, tensors, reconstruction } = own.best;
  const tuned = Object.fromEntries(Object.entries(tensors).filter(([name]) => isTunable(name)));
  return { ...result, tuned, after: loss, reconstruction };
}

/** Loss features of the photo, computed once. */
async function featuresOf({ photo, networks, device }: RefineOptions, size: number): Promise<NamedTensors> {
  const { graph, outputs } = pictureFeatures(size);
  const { params, folder } = networks;
  await using session = await openGraph(graph, outputs, { params, externalDataFolder: folder, device, arena: false });
  return await session.run({ image: photo.picture });
}

interface Part {
  readonly part: RefineStep['part'];
  readonly size: number;
  /** Inputs beside labels and Adam's. */
  readonly image: NamedTensors;
  readonly steps: number;
  readonly learningRate: number;
  /** What moves. */
  readonly start: NamedTensors;
}

/** Makes the steps of one part, and one look more. */
async function follow(options: RefineOptions, part: Part): Promise<{ first: number; best: Best }> {
  const { photo, networks, wish, onStep, device } = options;
  const layers = maskedLayers(part.size);
  const capacities = regionCapacities(photo.labels, LABEL_SIZE, layers, REGION_COUNT);
  const step = styleVectorStep({
    form: { kind: 'exact', capacities },
    size: part.size,
    trains: part.part,
    target: 'features',
  });
  const inputs = {
    oneHot: oneHotOf(photo.labels),
    ...regionInputs(photo.labels, LABEL_SIZE, layers, capacities),
    ...part.image,
  };
  await using run = await TuningRun.open({
    step,
    params: networks.params,
    externalDataFolder: networks.folder,
    state: freshState(part.start),
    device,
  });
  let first: number | undefined;
  let best: Best | undefined;
  const total = part.steps + 1;
  for (let index = 1; index <= total; index++) {
    const wanted = wish?.();
    if (wanted === 'cancel') throw new CancelledError();
    if (wanted === 'finish' && best !== undefined) break;
    let before: NamedTensors | undefined;
    const found = await run
      .update(inputs, part.learningRate, async (loss, state) => {
        if (best === undefined || loss < best.loss) before = (await state()).tensors;
      })
      .catch((error: unknown) => {
        if (!(error instanceof DivergedError)) throw error;
        // What was found before the loss was lost is still the best.
        if (best !== undefined) return undefined;
        throw new InputError(`The loss of this face is ${error.loss} before anything has moved.`, {
          action: 'Check the packs with "e4s models verify", or choose another photo.',
          cause: error,
        });
      });
    if (found === undefined) break;
    const { losses, pictures } = found;
    const loss = losses['loss'] as number;
    const reconstruction = pictures['reconstruction'] as TensorData;
    if (before !== undefined) best = { loss, tensors: before, reconstruction };
    first ??= loss;
    onStep?.({ part: part.part, step: index, total, losses, reconstruction, best: before !== undefined });
  }
  return { first: first as number, best: best as Best };
}

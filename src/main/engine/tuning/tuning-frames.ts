/** What tuning needs of the frames of a clip, as plain data, and the inputs that a step's graph takes of one. */
import { UsageError } from '#engine/errors.ts';
import { oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import type { RegionForm } from '#engine/networks/region-conv.ts';
import { type RegionCapacities, regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { shapeText, type TensorData } from '#engine/tensor/data.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { erodedFaceLabels } from './eroded-labels.ts';
import { LABEL_SIZE } from './pti-step.ts';

export interface TuningFrame {
  /** The driven face, `[1,3,S,S]` in [-1, 1]. */
  readonly driven: TensorData;
  /** The same in the colours of the target frame. */
  readonly recolored: TensorData;
  /** 512² regions of the driven face, before erosion. */
  readonly labels: Uint8Array;
  /** Its style vectors, `[1,12,1280]`. */
  readonly vectors: TensorData;
}

/** The frames of a clip in order. They are read when they are needed, and must be the same every time. */
export interface TuningFrames {
  readonly count: number;
  read(index: number): Promise<TuningFrame>;
}

/** @throws UsageError when a tensor of the frame has another shape than pictures of this size need */
export function checkFrame(index: number, frame: TuningFrame, size: number): void {
  const expect = (name: string, { dims }: TensorData, wanted: readonly number[]): void => {
    if (shapeText(dims) !== shapeText(wanted))
      throw new UsageError(`${name} of frame ${index} is ${shapeText(dims)}, not ${shapeText(wanted)}.`);
  };
  expect('The driven face', frame.driven, [1, 3, size, size]);
  expect('The recoloured face', frame.recolored, [1, 3, size, size]);
  expect('The style vectors', frame.vectors, [1, REGION_COUNT, STYLE_VECTOR_SIZE]);
  if (frame.labels.length !== LABEL_SIZE ** 2)
    throw new UsageError(`The label map of frame ${index} has ${frame.labels.length} labels.`);
}

/** What the eroded label maps of a clip need and have. */
export interface ClipRegions {
  /** Room for the region borders of all frames, at each of the sizes of the generator that were asked for. */
  readonly capacities: readonly RegionCapacities[];
  /** Regions that no frame has: hair and earrings always, others as the person has it. */
  readonly absent: readonly number[];
}

/** Reads the label maps of all frames. */
export async function clipRegions(frames: TuningFrames, sizes: readonly number[]): Promise<ClipRegions> {
  const maps: Uint8Array[] = [];
  for (let index = 0; index < frames.count; index++)
    maps.push(erodedFaceLabels((await frames.read(index)).labels, LABEL_SIZE));
  const all = Array.from({ length: REGION_COUNT }, (_, region) => region);
  return {
    capacities: sizes.map((size) => regionCapacities(maps, LABEL_SIZE, maskedLayers(size), REGION_COUNT)),
    absent: all.filter((region) => !maps.some((labels) => labels.includes(region))),
  };
}

/** The inputs of a step that do not depend on targets or weights. @param size of the generated picture */
export function frameInputs(frame: TuningFrame, size: number, form: RegionForm): Record<string, TensorData> {
  const eroded = erodedFaceLabels(frame.labels, LABEL_SIZE);
  return {
    oneHot: oneHotOf(eroded),
    vectors: frame.vectors,
    ...(form.kind === 'exact' ? regionInputs(eroded, LABEL_SIZE, maskedLayers(size), form.capacities) : {}),
  };
}

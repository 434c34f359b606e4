/**
 * Weights that were tuned before: files of this studio, or what upstream's pipeline leaves behind
 * (`PTI_G_lr*_iters*.pth`, spec rgi-core 6.5). Only what tuning moves is taken; the rest stays as imported.
 */
import { InputError } from '#engine/errors.ts';
import { LATENT_AVERAGE_SHAPE } from '#engine/networks/region-mlps.ts';
import { shapeText, type TensorData } from '#engine/tensor/data.ts';
import { openTensorFile } from '#engine/weights/open.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { explainSelection, isComplete, selectNetwork } from '#engine/weights/select.ts';
import { readTensor, type TensorFile } from '#engine/weights/tensor-file.ts';
import { isTuningFile } from './tuning-run.ts';

const LATENT_AVERAGE = 'latent_avg';
/** The mean latent of two files of the same checkpoint is the same to the last bit, or nearly. */
const SAME_AVERAGE = 1e-4;

export interface ResumeWeights {
  /** The trained tensors, without moments. */
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** Where they come from: `studio` for this program's own files. */
  readonly origin: 'studio' | 'official';
}

/**
 * @param shapes of the trained tensors by name
 * @param average the mean latent of the imported checkpoint: a file tuned from another one does not fit it
 * @throws InputError that says what is wrong with the file
 */
export async function readResumeWeights(
  file: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  average: TensorData,
): Promise<ResumeWeights> {
  await using opened = await openTensorFile(file);
  const origin = (await isOwn(opened)) ? 'studio' : 'official';
  const wanted = new Map([...shapes].map(([name, shape]) => [name, { shape, constant: false }]));
  const selection = selectNetwork(opened, { title: 'tuned weights', tensors: wanted }, { containers: ['state_dict'] });
  if (selection === undefined || selection.share < 0.05)
    throw new InputError('This file holds no tuned weights of the E4S generator.', {
      file,
      action: 'Choose weights that this studio saved, or a file "PTI_G_lr*_iters*.pth".',
    });
  if (!isComplete(selection))
    throw new InputError(`These tuned weights do not fit: ${explainSelection(selection)}.`, { file });
  await checkAverage(opened, average, origin);
  const tensors: Record<string, TensorData> = {};
  for (const [name, entry] of selection.tensors) {
    const data = new Float32Array((await readTensor(opened, entry)).buffer);
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new InputError(`"${name}" of these tuned weights holds ${data[wrong]}.`, { file });
    tensors[name] = { dims: entry.shape, data };
  }
  return { tensors, origin };
}

async function isOwn({ file, layout }: TensorFile): Promise<boolean> {
  if (layout !== 'safetensors') return false;
  await using opened = await openSafetensors(file);
  return isTuningFile(opened.metadata);
}

/** Official files carry their mean latent beside the state dict; our own keep it as a tensor. */
async function checkAverage(opened: TensorFile, average: TensorData, origin: ResumeWeights['origin']): Promise<void> {
  const { file } = opened;
  const entry = opened.groups.get('')?.get(LATENT_AVERAGE);
  if (entry === undefined) {
    if (origin === 'studio') return;
    throw new InputError(`These tuned weights have no "${LATENT_AVERAGE}".`, { file });
  }
  if (entry.dtype !== 'F32' || shapeText(entry.shape) !== shapeText(LATENT_AVERAGE_SHAPE))
    throw new InputError(
      `"${LATENT_AVERAGE}" is ${entry.dtype}${shapeText(entry.shape)}, not F32${shapeText(LATENT_AVERAGE_SHAPE)}.`,
      {
        file,
      },
    );
  const found = new Float32Array((await readTensor(opened, entry)).buffer);
  const apart = Math.max(...found.map((value, at) => Math.abs(value - Number(average.data[at]))));
  if (!(apart <= SAME_AVERAGE))
    throw new InputError('These weights were tuned from another checkpoint than the one that is imported.', {
      file,
      action: 'Import the checkpoint that they were tuned from, or tune anew.',
    });
}

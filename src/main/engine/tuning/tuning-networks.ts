/** The weights that tuning works with: the RGI network, of which it moves a part, and the networks of the losses. */
import path from 'node:path';
import { MissingPackError } from '#engine/errors.ts';
import type { NetworkWeights } from '#engine/networks/definition.ts';
import { resolveWeights } from '#engine/networks/resolve-weights.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { missingFor } from '#engine/weights/packs.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { LOSS_PREFIXES } from './pti-step.ts';

export interface TuningNetworks {
  readonly params: ParamResolver;
  /** The folder that the parameters' files are relative to. */
  readonly folder: string;
}

const WEIGHTS: readonly NetworkWeights[] = [
  { network: 'rgi', prefix: '' },
  { network: 'lpips-alex', prefix: LOSS_PREFIXES.lpips },
  { network: 'arcface', prefix: LOSS_PREFIXES.arcface },
  { network: 'parsing-unet', prefix: LOSS_PREFIXES.parsing },
];

/**
 * Finds the weights in the imported packs.
 * @throws MissingPackError that names the packs which are not there, and what works without them
 */
export async function openTuningNetworks(packs: string): Promise<TuningNetworks> {
  const missing = await missingFor(packs, 'tuning');
  if (missing.length > 0) {
    const names = missing.map(({ id }) => id).join(', ');
    const rgi = missing.some(({ id }) => id === 'rgi');
    throw new MissingPackError(`Tuning needs packs that are not there: ${names}.`, {
      action: rgi
        ? 'Import them with "e4s models import", or use the classic engine.'
        : 'Import them with "e4s models import", or swap without tuning, or with weights tuned before: both work without them.',
    });
  }
  // The graph tells nothing here: packs are taken whole.
  const { params, folder } = await resolveWeights(new Graph('tuning'), WEIGHTS, [], packs);
  return { params, folder };
}

/** The rgi network alone: enough to use weights as they are. @throws MissingPackError */
export const openGeneratorWeights = (packs: string): Promise<TuningNetworks> =>
  resolveWeights(new Graph('generator'), WEIGHTS.slice(0, 1), [], packs);

/** Reads tensors into memory from where the parameters lie. @throws MissingPackError, InputError */
export async function readParams(
  { params, folder }: TuningNetworks,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<Record<string, TensorData>> {
  const tensors: Record<string, TensorData> = {};
  const files = new Map<string, Awaited<ReturnType<typeof openSafetensors>>>();
  try {
    for (const [name, dims] of shapes) {
      const source = params(name, dims, 'float32');
      if (source === undefined || source === 'input') throw new MissingPackError(`"${name}" is not there.`);
      if ('data' in source) {
        tensors[name] = source;
        continue;
      }
      const file = path.join(folder, source.file);
      const opened = files.get(file) ?? (await openSafetensors(file));
      files.set(file, opened);
      const stored = [...opened.tensors.values()].find(({ offset }) => offset === source.offset);
      if (stored === undefined) throw new MissingPackError(`"${name}" is not there.`, { file });
      tensors[name] = { dims, data: new Float32Array((await opened.read(stored.name)).buffer) };
    }
  } finally {
    for (const opened of files.values()) await opened[Symbol.asyncDispose]();
  }
  return tensors;
}

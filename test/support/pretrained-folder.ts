/**
 * A small folder of weights in the authors' layout, with everything that goes wrong in such folders: both container
 * formats, a file that is missing, one that is damaged, keys with the prefix of parallel training, a wrong network and
 * strange weights under right names, a file that nothing needs and one that is no weights at all. 75 MB.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { networkStateDict } from './network-files.ts';
import { concat, floatTensor, stateDict, torchLegacy, torchZip, type Written } from './torch-writer.ts';

const zip = (value: Written): Uint8Array => concat(torchZip(value));
const legacy = (value: Written): Uint8Array => concat(torchLegacy(value));

const FILES: Readonly<Record<string, () => Uint8Array>> = {
  // It comes before the right file, and must not take its place.
  'E4S/iteration_300000.pt': () => zip(networkStateDict('parsing-unet', { seed: 9 })),
  'faceseg/model.pth': () => zip(networkStateDict('parsing-unet')),
  'faceseg/79999_iter.pth': () => legacy(networkStateDict('face-parsing-bisenet', { prefix: 'module.' })),
  // `alex.pth`, the other half of this pack, is not there.
  'alexnet-owt-7be5be79.pth': () => zip(networkStateDict('lpips-alex', { rename: (key) => toTorchvision(key) })),
  'inpainting/net_g_50000.pth': () => zip(stateDict({ 'body.0.weight': floatTensor([2], [1, 2]).tensor })),
  'GPEN/weights/ParseNet-latest.pth': () => zip(networkStateDict('parsing-unet')).slice(0, 1_000_003),
  'faceVid2Vid/vox-256.yaml': () => new TextEncoder().encode('model_params: {}\n'),
  'README.md': () => new TextEncoder().encode('# Weights\n'),
};

const toTorchvision = (key: string): string | undefined =>
  key.startsWith('net.layers.') ? key.replace('net.layers.', 'features.') : undefined;

/** What the import must say of each file. */
export const PRETRAINED_OUTCOMES: Readonly<Record<string, string>> = {
  'E4S/iteration_300000.pt': 'kept',
  'faceseg/model.pth': 'imported',
  'faceseg/79999_iter.pth': 'imported',
  'alexnet-owt-7be5be79.pth': 'imported',
  'inpainting/net_g_50000.pth': 'unknown',
  'GPEN/weights/ParseNet-latest.pth': 'refused',
  'faceVid2Vid/vox-256.yaml': 'unneeded',
};

/** Writes the folder `pretrained` into `parent`. */
export async function writePretrained(parent: string): Promise<string> {
  const folder = path.join(parent, 'pretrained');
  for (const [name, make] of Object.entries(FILES)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, make());
  }
  return folder;
}

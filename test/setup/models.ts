/** Vitest global set-up: tests of the classic engine run on the converted models, so they are built first. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClassicModels } from '#engine/face/models/build-classic-models.ts';

export async function setup(): Promise<void> {
  await buildClassicModels(path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../models/classic'));
}

/** The pictures of the stages as files, for `--stages`. */
import path from 'node:path';
import { throwIfCancelled } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { SwapResult } from '#shared/contract.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import type { Leftovers } from '../leftovers.ts';

/** The largest view that the engine makes. */
const LARGEST_VIEW = 8192;
const EXTENSIONS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/tiff': 'tif' } as const;

/** Writes `face0-01-align.png` and so on, and registers each file before it appears. */
export async function writeStages(
  studio: PhotoStudio,
  result: SwapResult,
  folder: string,
  leftovers: Leftovers,
  signal: AbortSignal,
): Promise<void> {
  await leftovers.addFolder(folder);
  for (const { targetFace, stages } of result.faces) {
    for (const stage of stages) {
      throwIfCancelled(signal);
      const picture = await studio.stage(result.result, targetFace, stage, LARGEST_VIEW);
      const number = String(STAGE_IDS.indexOf(stage) + 1).padStart(2, '0');
      const file = path.join(folder, `face${targetFace}-${number}-${stage}.${EXTENSIONS[picture.mime]}`);
      leftovers.add(file);
      await writeFileAtomic(file, picture.bytes, { signal, makeFolder: true });
    }
  }
}

/** Why the E4S engine cannot run here. */
import { MissingPackError } from '#engine/errors.ts';
import { missingFor } from '#engine/weights/packs.ts';

/** The error of a request for the `rgi` engine: it names the packs that are missing in the folder. */
export async function rgiUnavailable(packsFolder: string): Promise<MissingPackError> {
  const missing = await missingFor(packsFolder, 'rgi-swap');
  if (missing.length === 0) {
    return new MissingPackError(
      'The packs of the rgi engine are there, but videos are swapped with the classic engine only.',
      {
        action: 'Choose the classic engine.',
      },
    );
  }
  return new MissingPackError(
    `The rgi engine needs packs that are not there: ${missing.map(({ id }) => id).join(', ')}.`,
    {
      action: 'Import them with "e4s models import", or choose the classic engine.',
    },
  );
}

/** `e4s tune refined`: the refined faces that the data folder keeps. */
import { findHome } from '#engine/files/home.ts';
import { type CommonOptions, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';

export interface KeptOptions extends CommonOptions {
  readonly remove?: string;
  readonly clear?: boolean;
}

/** @throws InputError for an id that names none, StorageError */
export async function tuneRefined(context: CliContext, options: KeptOptions): Promise<void> {
  await runAction(context, options, async (_log, printer) => {
    const { RefinedFolder } = await import('#engine/pipeline/refined-vectors.ts');
    const folder = new RefinedFolder(findHome().refined);
    if (options.remove !== undefined) await folder.remove(options.remove);
    const removed = options.clear ? await folder.clear() : 0;
    const faces = await folder.list();
    printer.result({ faces, removed }, () => [
      ...(options.clear ? [`${removed} removed`] : []),
      ...faces.map(({ id, side, name, bytes }) => `${id}  ${side}  ${name}, ${bytes} bytes`),
      ...(faces.length === 0 ? ['No refined faces are kept.'] : []),
    ]);
  });
}

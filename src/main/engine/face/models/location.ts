/** Where the converted models lie at run time. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MissingPackError } from '#engine/errors.ts';
import { findAppRoot } from '#engine/files/app-root.ts';
import { CLASSIC_MODELS, type ClassicModelName } from './catalogue.ts';

let chosenFolder: string | undefined;

/** Names the `models/` folder for this process; undefined goes back to looking beside the program. */
export function setModelsFolder(folder: string | undefined): void {
  chosenFolder = folder;
}

/** The `models/` folder: `E4S_MODELS` where it is set, else the chosen one, else the program's own. */
export function modelsFolder(): string {
  return process.env['E4S_MODELS'] || chosenFolder || findAppRoot().models;
}

/**
 * Path of a converted model.
 * @throws MissingPackError when it was not built
 */
export function classicModelPath(name: ClassicModelName): string {
  const file = path.join(modelsFolder(), 'classic', CLASSIC_MODELS[name].file);
  if (!existsSync(file)) {
    throw new MissingPackError(`The built-in model "${name}" is missing.`, { file, action: 'Run "npm run build".' });
  }
  return file;
}

/** The source files of the classic models, for tests of the readers and converters. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CLASSIC_MODELS, type ModelRecipe, SOURCES, type SourceId } from '#engine/face/models/catalogue.ts';

const MODULES = path.resolve(import.meta.dirname, '../../../../node_modules');

export function sourceBytes(id: SourceId): Uint8Array {
  return readFileSync(path.join(MODULES, SOURCES[id].package, SOURCES[id].file));
}

/** The part of a packed file that a recipe names. */
export function recipeBytes(name: keyof typeof CLASSIC_MODELS): Uint8Array {
  const recipe: ModelRecipe = CLASSIC_MODELS[name].recipe;
  if (recipe.kind === 'tfjs') return sourceBytes(recipe.topology);
  const bytes = sourceBytes(recipe.source);
  return recipe.range === undefined ? bytes : bytes.subarray(...recipe.range);
}

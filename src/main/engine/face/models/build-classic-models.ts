/** Builds `models/classic/`: converts the models inside npm packages into what the engine runs. */
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { InputError, MissingPackError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { sha256OfBytes } from '#engine/files/hash.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import {
  CLASSIC_MODELS,
  type ClassicModelName,
  type ModelRecipe,
  SOURCES,
  type SourceFile,
  type SourceId,
} from './catalogue.ts';
import { readGeometry } from './geometry-reader.ts';
import { tfjsToOnnx } from './tfjs-to-onnx.ts';
import { tfliteToOnnx } from './tflite-to-onnx.ts';

/** Rises with every change of the converters that changes their output: older builds are then made again. */
const CONVERTER_REVISION = 1;
export const MANIFEST_FILE = 'manifest.json';

const sourceSchema = z.object({
  package: z.string(),
  version: z.string(),
  file: z.string(),
  sha256: z.string(),
  licence: z.string(),
});

/** What was built from what; written last, so that its presence means a whole folder. */
export const manifestSchema = z.object({
  converterRevision: z.int(),
  sources: z.array(sourceSchema),
  files: z.array(z.object({ model: z.string(), file: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type ClassicManifest = z.infer<typeof manifestSchema>;

const MODEL_NAMES = Object.keys(CLASSIC_MODELS) as ClassicModelName[];
const SOURCE_IDS = Object.keys(SOURCES) as SourceId[];

/** Folder of an installed package; its own `exports` may hide everything but its entry. */
function packageFolder(name: string): string {
  let folder = path.dirname(createRequire(import.meta.url).resolve(name));
  const suffix = path.join('node_modules', ...name.split('/'));
  while (!folder.endsWith(suffix)) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new MissingPackError(`The package ${name} lies in no node_modules folder.`);
    folder = parent;
  }
  return folder;
}

/** The bytes of a source file, once they are proven to be the expected ones. */
async function readSource(source: SourceFile): Promise<Uint8Array> {
  const file = path.join(packageFolder(source.package), source.file);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new MissingPackError(`${source.package} ${source.version} lacks ${source.file}.`, {
      file,
      action: 'Run "npm ci".',
      cause,
    });
  });
  const sha256 = sha256OfBytes(bytes);
  if (sha256 !== source.sha256) {
    throw new InputError(`${source.file} of ${source.package} is not the file of version ${source.version}.`, {
      file,
      action: 'Run "npm ci" to install the pinned version.',
    });
  }
  return bytes;
}

/** One model, converted: the bytes of its file. */
function convert(name: string, recipe: ModelRecipe, sources: ReadonlyMap<SourceId, Uint8Array>): Uint8Array {
  const bytesOf = (id: SourceId, range?: readonly [number, number]): Uint8Array => {
    const bytes = sources.get(id)!;
    return range === undefined ? bytes : bytes.subarray(...range);
  };
  switch (recipe.kind) {
    case 'tfjs':
      return encodeOnnx(tfjsToOnnx(name, bytesOf(recipe.topology), bytesOf(recipe.weights)));
    case 'tflite':
      return encodeOnnx(tfliteToOnnx(name, bytesOf(recipe.source, recipe.range)));
    case 'geometry':
      return new TextEncoder().encode(JSON.stringify(readGeometry(bytesOf(recipe.source, recipe.range))));
    default:
      return recipe satisfies never;
  }
}

const sourceRows = (): SourceFile[] => SOURCE_IDS.map((id) => SOURCES[id]);

/** True when the folder holds what this catalogue and these converters make, byte for byte. */
async function isUpToDate(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return false;
  }
  const manifest = manifestSchema.safeParse(json).data;
  if (manifest === undefined || manifest.converterRevision !== CONVERTER_REVISION) return false;
  if (JSON.stringify(manifest.sources) !== JSON.stringify(sourceRows())) return false;
  for (const name of MODEL_NAMES) {
    const row = manifest.files.find(({ model, file }) => model === name && file === CLASSIC_MODELS[name].file);
    const bytes = await readFile(path.join(folder, CLASSIC_MODELS[name].file)).catch(() => undefined);
    if (row === undefined || bytes === undefined || sha256OfBytes(bytes) !== row.sha256) return false;
  }
  return true;
}

/**
 * Converts the classic engine's models into `outDir` unless they are there already. Each file appears whole, the
 * manifest last; several processes may build at once, since they write the same bytes.
 * @returns the paths of all files, and whether there was nothing to do
 * @throws MissingPackError when a package is not installed, InputError when a source file is not the pinned one or
 *   holds an operation that the converters do not know, StorageError when the folder cannot be written
 */
export async function buildClassicModels(outDir: string): Promise<{ files: string[]; skipped: boolean }> {
  const manifestFile = path.join(outDir, MANIFEST_FILE);
  const files = [...MODEL_NAMES.map((name) => path.join(outDir, CLASSIC_MODELS[name].file)), manifestFile];
  if (await isUpToDate(outDir)) return { files, skipped: true };

  const sources = new Map<SourceId, Uint8Array>();
  for (const id of SOURCE_IDS) sources.set(id, await readSource(SOURCES[id]));
  const built = MODEL_NAMES.map((model) => {
    const { file, recipe } = CLASSIC_MODELS[model];
    return { model, file, content: convert(model, recipe, sources) };
  });
  await rm(manifestFile, { force: true });
  for (const { file, content } of built) {
    await writeFileAtomic(path.join(outDir, file), content, { makeFolder: true });
  }
  const manifest: ClassicManifest = {
    converterRevision: CONVERTER_REVISION,
    sources: sourceRows(),
    files: built.map(({ model, file, content }) => ({
      model,
      file,
      bytes: content.length,
      sha256: sha256OfBytes(content),
    })),
  };
  await writeFileAtomic(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { files, skipped: false };
}

/** `e4s tune photo`: the style vectors of a face, refined until the generator draws it as it is. */
import path from 'node:path';
import { throwIfCancelled, UsageError } from '#engine/errors.ts';
import { assertWritable, writeFileAtomic } from '#engine/files/atomic.ts';
import { findHome } from '#engine/files/home.ts';
import type { RefinedIdentity } from '#engine/pipeline/refined-face.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { EncodedPhoto } from '#engine/tuning/refine-photo.ts';
import { type CommonOptions, peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { EventLog } from '../events.ts';
import { missingFace } from '../missing-face.ts';
import { chooseFaces, type OneFace } from '../options.ts';
import { refuseOverwriting } from '../swap/checks.ts';

export interface TunePhotoOptions extends CommonOptions {
  readonly out: string;
  readonly into?: string;
  readonly intoFace: OneFace;
  readonly keep?: boolean;
  readonly preview?: string;
  readonly steps: number;
  readonly lr: number;
  /** The file for the weights of the photo's own generator. */
  readonly generator?: string;
  readonly generatorSteps: number;
  readonly generatorLr: number;
  readonly face: OneFace;
  readonly crop: boolean;
}

/**
 * @throws UsageError, InputError, NoFaceError, MissingPackError, CancelledError, and no file is left then; StorageError,
 * where files that were written before stay
 */
export async function tunePhoto(context: CliContext, file: string, options: TunePhotoOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const { out, into, preview, generator, keep = false } = options;
    const photos = [file, ...(into === undefined ? [] : [into])];
    const places = [out, preview, generator].filter((place) => place !== undefined);
    refuseSharing(places);
    for (const place of places) {
      await refuseOverwriting(place, photos);
      await assertWritable(place);
    }
    const [{ refinePhoto }, { openTuningNetworks }, { saveTuning }, { encodeRefined }, { RefinedFolder }] =
      await Promise.all([
        import('#engine/tuning/refine-photo.ts'),
        import('#engine/tuning/tuning-networks.ts'),
        import('#engine/tuning/tuning-run.ts'),
        import('#engine/pipeline/refined-face.ts'),
        import('#engine/pipeline/refined-vectors.ts'),
      ]);
    const { packs, refined: folder } = findHome();
    const networks = await openTuningNetworks(packs);
    log.progress({ fraction: 0, label: `Reading ${file}` });
    const { photo, identity } = await readFace(context, file, options);
    const begin = performance.now();
    const refined = await refinePhoto({
      photo,
      networks,
      steps: options.steps,
      learningRate: options.lr,
      ...(generator === undefined
        ? {}
        : { generator: { steps: options.generatorSteps, learningRate: options.generatorLr } }),
      wish: () => (signal.aborted ? 'cancel' : undefined),
      onStep: tellSteps(log, options),
    });
    const face = {
      identity,
      vectors: Float32Array.from(refined.vectors.data as Float32Array),
      name: path.basename(file),
    };
    const picture = preview === undefined ? undefined : await previewOf(refined.reconstruction);
    // From here on all files are written, or an interrupt would leave some of them.
    throwIfCancelled(signal);
    await writeFileAtomic(out, encodeRefined(face));
    if (keep) await new RefinedFolder(folder).write(face);
    if (generator !== undefined && refined.tuned !== undefined)
      await saveTuning(generator, { updates: options.generatorSteps, tensors: refined.tuned }, { photo: face.name });
    if (preview !== undefined && picture !== undefined) await writeFileAtomic(preview, picture);
    const { before, after } = refined;
    const seconds = rounded((performance.now() - begin) / 1000, 1);
    printer.result(
      {
        out,
        side: identity.side,
        kept: keep,
        generator: generator ?? null,
        preview: preview ?? null,
        loss_before: before,
        loss_after: after,
        steps: options.steps,
        seconds,
        peak_rss_bytes: peakRssBytes(),
      },
      () => [`${out}: loss ${before.toFixed(4)} → ${after.toFixed(4)}, ${seconds} s`],
    );
  });
}

/** @throws UsageError when two of the files have the same name: one of them would be lost */
function refuseSharing(places: readonly string[]): void {
  const names = places.map((place) => path.resolve(place));
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice === -1) return;
  throw new UsageError('Two results would be written to this file.', {
    file: places[twice],
    action: 'Give --out, --preview and --generator names of their own.',
  });
}

/** The face as the encoder knows it: by itself, or in the pose of the face that it is swapped into. */
async function readFace(
  context: CliContext,
  file: string,
  { into, intoFace, face, crop }: TunePhotoOptions,
): Promise<{ photo: EncodedPhoto; identity: RefinedIdentity }> {
  const { signal } = context;
  if (into === undefined) {
    const { encodePhoto } = await import('#engine/tuning/encode-photo.ts');
    return await encodePhoto(file, file, { face, crop, signal });
  }
  const { asEncodedPhoto } = await import('#engine/tuning/encode-photo.ts');
  await using studio = await context.openStudio();
  const open = async (name: string, choice: OneFace) => {
    const info = await studio.open({ path: name, name }, { thorough: false }, { signal });
    const [found] = chooseFaces(info.faces, choice);
    if (!found) throw missingFace(info, choice);
    return { photo: info.photo, index: found.index };
  };
  const [source, target] = [await open(file, face), await open(into, intoFace)];
  const pair = {
    ...{ source: source.photo, sourceFace: source.index, crop },
    ...{ target: target.photo, targetFace: target.index },
  };
  const { driven } = await studio.encodePair(pair, { signal });
  return { photo: asEncodedPhoto(driven), identity: await studio.identify(pair, 'source') };
}

/** Tells every step with all terms of its loss. */
function tellSteps(log: EventLog, { steps, generator, generatorSteps }: TunePhotoOptions) {
  const all = steps + 1 + (generator === undefined ? 0 : generatorSteps + 1);
  let done = 0;
  return (event: {
    readonly part: string;
    readonly step: number;
    readonly total: number;
    readonly losses: Readonly<Record<string, number>>;
    readonly best: boolean;
  }): void => {
    const { part, step, total, losses, best } = event;
    done += 1;
    log.progress({
      fraction: done / all,
      label: `Refining ${part} ${step}/${total}, loss ${(losses['loss'] as number).toFixed(4)}`,
      detail: { refine: part, step, total, losses, best },
    });
  };
}

async function previewOf({ dims, data }: TensorData): Promise<Uint8Array> {
  const { encodeImagePreview } = await import('#engine/image/encode.ts');
  const [, , height, width] = dims as readonly [number, number, number, number];
  const pixels = Float32Array.from(data as Float32Array, (value) => (value + 1) / 2);
  return (await encodeImagePreview({ width, height, data: pixels }, { maxSide: width, format: 'png' })).bytes;
}

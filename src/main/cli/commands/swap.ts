/** `e4s swap`: a photo's faces exchanged. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { InputError, NoFaceError, throwIfCancelled, UsageError } from '#engine/errors.ts';
import { assertWritable, isSameFile, writeFileAtomic } from '#engine/files/atomic.ts';
import { IDENTIFY_BYTES, identify } from '#engine/image/probe.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { Assignment, PhotoInfo, SwapResult } from '#shared/contract.ts';
import { REGION_IDS, REGIONS, type RegionId } from '#shared/regions.ts';
import {
  DEFAULT_EXPORT_SETTINGS,
  DEFAULT_SWAP_SETTINGS,
  ENGINE_IDS,
  type ExportFormat,
  type ExportSettings,
  type SwapSettings,
} from '#shared/settings.ts';
import { STAGE_IDS, STAGES } from '#shared/stages.ts';
import { type CommonOptions, peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { EventLog } from '../events.ts';
import { type Leftovers, removeOnFailure } from '../leftovers.ts';
import {
  chooseFaces,
  chooseRegions,
  type FaceChoice,
  parseFaceChoice,
  parseOneFace,
  parsePictureName,
  parseRegions,
  parseStrength,
  parseWhole,
} from '../options.ts';

interface SwapOptions extends CommonOptions {
  readonly source: string;
  readonly target: string;
  readonly out: { readonly file: string; readonly format: ExportFormat };
  readonly engine: SwapSettings['engine'];
  readonly face: FaceChoice;
  readonly sourceFace: Exclude<FaceChoice, 'all'>;
  readonly regions?: RegionId[];
  readonly texture?: RegionId[];
  readonly shape?: RegionId[];
  readonly amount: number;
  readonly recolor: number;
  readonly crop: boolean;
  readonly thorough?: boolean;
  readonly quality: number;
  readonly metadata: ExportSettings['metadata'];
  readonly stages?: string;
}

const REGION_LIST = 'names separated by commas, or none';

const HELP = `
Regions: ${REGION_IDS.slice(0, 7).join(', ')},
  ${REGION_IDS.slice(7).join(', ')}

Examples:
  e4s swap --source anna.jpg --target party.jpg --out swapped.png
  e4s swap --source anna.jpg --target party.jpg --out swapped.jpg \\
    --face all --regions eyes,brows --amount 0.7`;

export function swapCommand(context: CliContext): Command {
  return new Command('swap')
    .description('put the face of one photo into another')
    .requiredOption('--source <photo>', 'whose face')
    .requiredOption('--target <photo>', 'the photo to change')
    .addOption(
      new Option('--out <file>', 'the result: .png, .jpg, .webp or .tif')
        .argParser(parsePictureName)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--engine <name>', 'auto takes rgi where its model packs are there')
        .choices(['auto', ...ENGINE_IDS])
        .default(DEFAULT_SWAP_SETTINGS.engine),
    )
    .addOption(
      new Option('--face <which>', 'face of the target: largest, all, or its number')
        .argParser(parseFaceChoice)
        .default('largest'),
    )
    .addOption(
      new Option('--source-face <which>', 'face of the source: largest, or its number')
        .argParser(parseOneFace)
        .default('largest'),
    )
    .addOption(new Option('--thorough', 'search for small and turned faces too'))
    .addOption(
      new Option('--regions <list>', `regions that come from the source: ${REGION_LIST}`).argParser(parseRegions),
    )
    .addOption(new Option('--texture <list>', 'the same for the texture alone').argParser(parseRegions))
    .addOption(new Option('--shape <list>', 'the same for the shape alone').argParser(parseRegions))
    .addOption(
      new Option('--amount <0..1>', 'strength of the exchange')
        .argParser(parseStrength)
        .default(DEFAULT_SWAP_SETTINGS.amount),
    )
    .addOption(
      new Option('--recolor <0..1>', "how far the target's light and skin tone are taken on")
        .argParser(parseStrength)
        .default(DEFAULT_SWAP_SETTINGS.recolor),
    )
    .option('--no-crop', 'both photos are aligned crops already')
    .addOption(
      new Option('--quality <1..100>', 'of JPEG and WebP; 100 makes WebP lossless')
        .argParser(parseWhole(1, 100))
        .default(DEFAULT_EXPORT_SETTINGS.quality),
    )
    .addOption(
      new Option('--metadata <what>', "what becomes of the target's EXIF and XMP")
        .choices(['keep', 'strip'])
        .default(DEFAULT_EXPORT_SETTINGS.metadata),
    )
    .option('--stages <folder>', 'also write a picture of every stage')
    .addHelpText('after', HELP)
    .action((options: SwapOptions) => swap(context, options));
}

async function swap(context: CliContext, options: SwapOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const begin = performance.now();
    await checkFiles(options);
    await using leftovers = removeOnFailure();
    await using studio = await context.openStudio();
    const times: { name: string; ms: number }[] = [];
    const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      throwIfCancelled(signal);
      const value = await work();
      times.push({ name, ms: performance.now() - start });
      return value;
    };
    const openPhoto = (role: 'source' | 'target') => {
      log.progress({ fraction: role === 'source' ? 0 : 0.05, label: `Opening ${path.basename(options[role])}` });
      return timed(`open-${role}`, () =>
        studio.open({ path: options[role], name: options[role] }, { thorough: options.thorough ?? false }, { signal }),
      );
    };

    const source = await openPhoto('source');
    const target = await openPhoto('target');
    const result = await studio.swap(
      { target: target.photo, assignments: assign(source, target, options), settings: toSettings(options) },
      {
        signal,
        onProgress: ({ fraction, stage, face, faces }) =>
          log.progress({
            fraction: 0.1 + 0.85 * fraction,
            label: `${STAGES.find((row) => row.id === stage)?.title ?? stage}${faces > 1 ? ` (face ${face + 1} of ${faces})` : ''}`,
            detail: { stage, face, faces },
          }),
      },
    );
    times.push(...result.times.map(({ stage, ms }) => ({ name: stage, ms })));
    warn(log, [source, target], result, options);

    if (options.stages !== undefined) {
      await writeStages(studio, result, options.stages, leftovers, signal);
    }
    const picture = await timed('encode', () =>
      studio.encodeResult(result.result, {
        format: options.out.format,
        quality: options.quality,
        metadata: options.metadata,
      }),
    );
    await timed('write', () => writeFileAtomic(options.out.file, picture.bytes, { signal }));
    leftovers.keep();
    log.progress({ fraction: 1, label: 'Done' });

    const sourceFace = chooseFaces(source.faces, options.sourceFace)[0]?.index ?? 0;
    printer.result(
      {
        out: options.out.file,
        engine: result.engine,
        width: picture.width,
        height: picture.height,
        faces: result.faces.map(({ targetFace, warnings }) => ({
          index: targetFace,
          source: options.source,
          source_face: sourceFace,
          warnings,
        })),
        stages: times.map(({ name, ms }) => ({ name, ms: rounded(ms, 2) })),
        peak_rss_bytes: peakRssBytes(),
      },
      () => [
        `${options.out.file}: ${picture.width} x ${picture.height}, ${count(result.faces.length, 'face')}, ` +
          `engine ${result.engine}, ${((performance.now() - begin) / 1000).toFixed(1)} s`,
      ],
    );
  });
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Everything that can be refused before the engine starts. */
async function checkFiles({ source, target, out, stages }: SwapOptions): Promise<void> {
  for (const [option, file] of [
    ['--source', source],
    ['--target', target],
  ] as const) {
    if (await isSameFile(out.file, file)) {
      throw new UsageError(`This is the file of ${option}, which is never overwritten.`, {
        file: out.file,
        action: 'Choose another name for --out.',
      });
    }
  }
  await refuseVideo(target);
  await assertWritable(out.file);
  if (stages === undefined) return;
  const info = await stat(stages).catch(() => undefined);
  if (info && !info.isDirectory()) {
    throw new UsageError('This is not a folder.', { file: stages, action: 'Choose another name for --stages.' });
  }
  // A folder that is not there yet is made with the first picture.
  await assertWritable(info ? path.join(stages, 'stage.png') : stages);
}

/** A video is known by its content. Unreadable files are left to the decoder, which says what is wrong. */
async function refuseVideo(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return;
  await using _open = handle;
  const { buffer, bytesRead } = await handle
    .read(new Uint8Array(IDENTIFY_BYTES), 0, IDENTIFY_BYTES, 0)
    .catch(() => ({ buffer: new Uint8Array(), bytesRead: 0 }));
  const kind = identify(buffer.subarray(0, bytesRead));
  if (kind?.class === 'video') {
    throw new InputError(`This is a video (${kind.title}); this version exchanges faces in photos only.`, {
      file,
      action: 'Choose a photo as --target.',
    });
  }
}

function assign(source: PhotoInfo, target: PhotoInfo, options: SwapOptions): Assignment[] {
  const [from] = chooseFaces(source.faces, options.sourceFace);
  if (!from) throw missingFace(source, options.source, options.sourceFace, '--source-face');
  const faces = chooseFaces(target.faces, options.face);
  if (faces.length === 0) throw missingFace(target, options.target, options.face, '--face');
  return faces.map(({ index }) => ({ targetFace: index, source: source.photo, sourceFace: from.index }));
}

function missingFace(photo: PhotoInfo, file: string, choice: FaceChoice, option: string): NoFaceError {
  if (photo.faces.length === 0) {
    return new NoFaceError('No face was found.', { file, action: 'Choose another photo, or try --thorough.' });
  }
  return new NoFaceError(
    `There is no face ${choice}; the photo has ${count(photo.faces.length, 'face')}, counted from 0.`,
    {
      file,
      action: `Choose another ${option}; "e4s detect" lists them.`,
    },
  );
}

function toSettings(options: SwapOptions): SwapSettings {
  const { engine, amount, recolor, crop } = options;
  return { engine, amount, recolor, crop, regions: chooseRegions(options) };
}

function warn(log: EventLog, photos: readonly PhotoInfo[], result: SwapResult, options: SwapOptions): void {
  for (const photo of photos) {
    for (const notice of photo.notices) log.warning(`${photo.name}: ${notice}`);
  }
  for (const { targetFace, warnings } of result.faces) {
    for (const { rule, severity, message } of warnings)
      log.warning(`face ${targetFace}: ${message}`, { face: targetFace, rule, severity });
  }
  if (result.engine !== 'classic') return;
  const asked = new Set([...(options.regions ?? []), ...(options.texture ?? []), ...(options.shape ?? [])]);
  const kept = REGIONS.filter((region) => region.classic === 'keep' && asked.has(region.id)).map((region) => region.id);
  if (kept.length > 0) log.warning(`the classic engine leaves ${kept.join(', ')} with the target.`);
}

const LARGEST_VIEW = 8192;
const EXTENSIONS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/tiff': 'tif' } as const;

/** Writes `face0-01-align.png` and so on. */
async function writeStages(
  studio: PhotoStudio,
  result: SwapResult,
  folder: string,
  leftovers: Leftovers,
  signal: AbortSignal,
): Promise<void> {
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

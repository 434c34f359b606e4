/** `e4s swap` from checked options to a written file. */
import path from 'node:path';
import { throwIfCancelled } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { findHome } from '#engine/files/home.ts';
import type { PhotoInfo, SwapResult } from '#shared/contract.ts';
import { REGIONS } from '#shared/regions.ts';
import type { SwapSettings } from '#shared/settings.ts';
import { STAGES } from '#shared/stages.ts';
import { peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { EventLog } from '../events.ts';
import { removeOnFailure } from '../leftovers.ts';
import { chooseRegions } from '../options.ts';
import { checkFiles } from './checks.ts';
import type { SwapOptions } from './options.ts';
import { planFaces, readWishes } from './plan.ts';
import { giveRefined } from './refined.ts';
import { furtherSources } from './region-sources.ts';
import { writeStages } from './stage-files.ts';

/** Shares of the progress bar: opening the photos, the stages, and what remains for the file. */
const PROGRESS = { opened: 0.1, swapped: 0.95 } as const;

/** @throws UsageError, InputError, StorageError, MissingPackError, NoFaceError, CancelledError; no file is left then */
export async function runSwap(context: CliContext, options: SwapOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const begin = performance.now();
    const wishes = readWishes(options);
    const { from = [] } = options;
    const sourceNames = [...new Set([...wishes.map(({ source }) => source), ...from.map(({ photo }) => photo)])];
    await checkFiles(options, sourceNames);
    await requireEngine(options.engine);
    await using leftovers = removeOnFailure();
    await using studio = await context.openStudio();

    const times: { name: string; ms: number; peakBytes?: number | undefined }[] = [];
    const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      throwIfCancelled(signal);
      const start = performance.now();
      const value = await work();
      times.push({ name, ms: performance.now() - start });
      return value;
    };
    const openPhoto = async (role: 'source' | 'target', name: string, fraction: number): Promise<PhotoInfo> => {
      log.progress({ fraction, label: `Opening ${path.basename(name)}` });
      const photo = await timed(`open-${role}`, () =>
        studio.open({ path: name, name }, { thorough: options.thorough ?? false }, { signal }),
      );
      for (const notice of photo.notices) log.warning(`${name}: ${notice}`);
      return photo;
    };

    const sources = new Map<string, PhotoInfo>();
    for (const [i, name] of sourceNames.entries()) {
      sources.set(name, await openPhoto('source', name, (PROGRESS.opened * i) / (sourceNames.length + 1)));
    }
    const target = await openPhoto('target', options.target, PROGRESS.opened / 2);
    const planned = planFaces(wishes, sources, target);
    const others = furtherSources(from, sources);

    const assignments = planned.map(({ targetFace, source, sourceFace }) => ({
      targetFace,
      source,
      sourceFace,
      others,
    }));
    const { refinedFrom = [], crop } = options;
    await giveRefined(studio, refinedFrom, { target: target.photo, assignments, crop });

    const result = await studio.swap(
      { target: target.photo, assignments, settings: toSettings(options) },
      {
        signal,
        keptVectors: options.refined ?? false,
        measureMemory: options.json ?? false,
        onProgress: ({ fraction, stage, face, faces }) =>
          log.progress({
            fraction: PROGRESS.opened + (PROGRESS.swapped - PROGRESS.opened) * fraction,
            label: `${STAGES.find((row) => row.id === stage)?.title ?? stage}${faces > 1 ? ` (face ${face + 1} of ${faces})` : ''}`,
            detail: { stage, face, faces },
          }),
      },
    );
    times.push(...result.times.map(({ stage, ms, peakBytes }) => ({ name: stage, ms, peakBytes })));
    warnOfFaces(log, result, options);

    if (options.stages !== undefined) await writeStages(studio, result, options.stages, leftovers, signal);
    const { format, file } = options.out;
    const { quality, metadata } = options;
    const picture = await timed('encode', () => studio.encodeResult(result.result, { format, quality, metadata }));
    for (const notice of picture.notices ?? []) log.warning(`${file}: ${notice}`);
    await timed('write', () => writeFileAtomic(file, picture.bytes, { signal }));
    leftovers.keep();
    log.progress({ fraction: 1, label: 'Done' });

    printer.result(
      {
        out: file,
        engine: result.engine,
        width: picture.width,
        height: picture.height,
        faces: result.faces.map(({ targetFace, warnings }) => {
          const plan = planned.find((row) => row.targetFace === targetFace);
          return { index: targetFace, source: plan?.file, source_face: plan?.sourceFace, warnings };
        }),
        stages: times.map(({ name, ms, peakBytes }) => ({
          name,
          ms: rounded(ms, 2),
          ...(peakBytes === undefined ? {} : { peak_rss_bytes: peakBytes }),
        })),
        peak_rss_bytes: peakRssBytes(),
      },
      () => [
        `${file}: ${picture.width} x ${picture.height}, ${result.faces.length === 1 ? '1 face' : `${result.faces.length} faces`}, ` +
          `engine ${result.engine}, ${((performance.now() - begin) / 1000).toFixed(1)} s`,
      ],
    );
  });
}

/** Says what is missing for the E4S engine before any photo is opened. */
async function requireEngine(engine: SwapSettings['engine']): Promise<void> {
  if (engine !== 'rgi') return;
  const { requireRgi } = await import('#engine/pipeline/rgi/context.ts');
  await requireRgi(findHome().packs);
}

function toSettings(options: SwapOptions): SwapSettings {
  const { engine, amount, recolor, crop, from = [] } = options;
  const added = from.flatMap(({ regions }) => regions);
  return { engine, amount, recolor, crop, regions: chooseRegions({ ...options, added }) };
}

function warnOfFaces(log: EventLog, result: SwapResult, { regions = [], texture = [], shape = [] }: SwapOptions): void {
  for (const { targetFace, warnings } of result.faces) {
    for (const { rule, severity, message } of warnings) {
      log.warning(`face ${targetFace}: ${message}`, { face: targetFace, rule, severity });
    }
  }
  if (result.engine !== 'classic') return;
  const asked = new Set([...regions, ...texture, ...shape].map(({ id }) => id));
  const kept = REGIONS.filter((region) => region.classic === 'keep' && asked.has(region.id)).map((region) => region.id);
  if (kept.length > 0) log.warning(`the classic engine leaves ${kept.join(', ')} with the target.`);
}

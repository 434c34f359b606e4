/** `e4s tune`: tuning by itself, of a video job or of a photo. */
import path from 'node:path';
import { Command, Option } from 'commander';
import { CancelledError, InputError, UsageError } from '#engine/errors.ts';
import { assertWritable, writeFileAtomic } from '#engine/files/atomic.ts';
import { findHome } from '#engine/files/home.ts';
import { type JobId, jobIdSchema } from '#shared/jobs.ts';
import { type CommonOptions, peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import { parseOneFace, parseWhole } from '../options.ts';
import { refuseOverwriting } from '../swap/checks.ts';
import { parseNumber, type TuningArguments, tellTuning, tuningSettings } from '../video/tuning.ts';

interface JobOptions extends CommonOptions, Omit<TuningArguments, 'pti'> {
  readonly out?: string;
}

interface PhotoOptions extends CommonOptions {
  readonly out: string;
  readonly preview?: string;
  readonly steps: number;
  readonly lr: number;
  readonly generator?: boolean;
  readonly generatorSteps: number;
  readonly generatorLr: number;
  readonly face: 'largest' | number;
  readonly crop: boolean;
}

export function tuneCommand(context: CliContext): Command {
  const group = new Command('tune').description('tune the generator to a clip, or style vectors to a photo');
  group
    .command('job')
    .argument('<job>', 'a video job that does not run; "e4s jobs list" names them')
    .description('tune a video job and stop before its frames are swapped')
    .addOption(new Option('--pti-steps <n>', 'passes at most').argParser(parseWhole(0, 999)))
    .addOption(new Option('--pti-lr <x>', 'learning rate').argParser(parseNumber(1e-9, 1)))
    .addOption(new Option('--recolor-lambda <x>', "weight of the target's colours").argParser(parseNumber(0, 100)))
    .option('--pti-resume <file>', 'tuned weights to begin with: of this studio, or PTI_G_lr*_iters*.pth')
    .option('--out <file>', 'also copy the tuned weights here (.safetensors)')
    .action((id: string, options: JobOptions) => tuneJob(context, id, options));
  group
    .command('photo')
    .argument('<photo>')
    .description('refine the style vectors of a face until the generator draws it as it is')
    .requiredOption('--out <file>', 'the refined vectors, and tuned weights with --generator (.safetensors)')
    .option('--preview <file>', 'the face as the result draws it (.png)')
    .addOption(new Option('--steps <n>', 'steps on the style vectors').argParser(parseWhole(0, 10_000)).default(50))
    .addOption(new Option('--lr <x>', 'their learning rate').argParser(parseNumber(1e-9, 10)).default(0.01))
    .option('--generator', 'then tune the generator to this one photo')
    .addOption(new Option('--generator-steps <n>', 'its steps').argParser(parseWhole(1, 10_000)).default(200))
    .addOption(new Option('--generator-lr <x>', 'its learning rate').argParser(parseNumber(1e-9, 1)).default(0.001))
    .addOption(new Option('--face <which>', 'largest, or its number').argParser(parseOneFace).default('largest'))
    .option('--no-crop', 'the photo is an aligned crop already')
    .action((photo: string, options: PhotoOptions) => tunePhoto(context, photo, options));
  return group;
}

/** An interrupt pauses the job; the same command goes on. */
async function tuneJob(context: CliContext, text: string, options: JobOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const id = jobIdSchema.safeParse(text).data;
    if (id === undefined) throw new UsageError(`"${text}" names no job.`, { action: '"e4s jobs list" names them.' });
    if (options.out !== undefined) await assertWritable(options.out);
    const [{ openJobQueue }, { jobFolder }, { readManifest }, { tunedWeights }] = await Promise.all([
      import('#engine/jobs/job-queue.ts'),
      import('#engine/jobs/job-folder.ts'),
      import('#engine/jobs/manifest.ts'),
      import('#engine/jobs/tune-phase.ts'),
    ]);
    const { jobs } = findHome();
    await using engine = await context.openVideoEngine();
    await using queue = openJobQueue({ jobs, engine, tuning: tellTuning(log) });
    await queue.get(id);
    const folder = jobFolder(jobs, id);
    const manifest = await readManifest(folder);
    if (manifest === undefined) throw new InputError('The job has no manifest.', { file: folder.manifest });
    const before = manifest.settings.video;
    const asked = await tuningSettings({ ...options, pti: true });
    const video = {
      ...before,
      pti: true,
      ptiSteps: options.ptiSteps ?? before.ptiSteps,
      ptiLearningRate: options.ptiLr ?? before.ptiLearningRate,
      recolorLambda: options.recolorLambda ?? before.recolorLambda,
      ptiResume: asked.ptiResume ?? before.ptiResume,
    };
    await queue.configure(id, { video });
    const begin = performance.now();
    let over = false;
    const stopWatching = queue.watch((event) => {
      if (event.type !== 'job' || event.job.id !== id || over) return;
      const { phase, state } = event.job;
      over = state === 'running' && (phase === 'swap' || phase === 'finish');
      if (over) void queue.pause(id).catch(() => undefined);
    });
    const pause = (): void => void queue.pause(id).catch(() => undefined);
    signal.addEventListener('abort', pause);
    try {
      await queue.resume(id);
      const { error } = await queue.settled(id);
      if (error !== undefined) throw new InputError(error.message, { file: error.file, action: error.action });
    } finally {
      signal.removeEventListener('abort', pause);
      stopWatching();
    }
    const tuned = await tunedAfter(id, () => readManifest(folder).then((now) => now && tunedWeights(folder, now)));
    if (options.out !== undefined) {
      const { copyFile } = await import('node:fs/promises');
      await copyFile(tuned, path.resolve(options.out));
    }
    const seconds = rounded((performance.now() - begin) / 1000, 1);
    printer.result({ job_id: id, tuned, out: options.out ?? null, seconds, peak_rss_bytes: peakRssBytes() }, () => [
      `${options.out ?? tuned}: tuned weights of ${id}, ${seconds} s`,
      `"e4s jobs resume ${id}" swaps with them.`,
    ]);
  });
}

async function tunedAfter(id: JobId, find: () => Promise<string | undefined>): Promise<string> {
  const tuned = await find();
  if (tuned !== undefined) return tuned;
  throw new CancelledError('Paused; what was reached is kept.', { action: `"e4s tune job ${id}" goes on.` });
}

async function tunePhoto(context: CliContext, file: string, options: PhotoOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const { out, preview, steps, lr, face, crop } = options;
    await refuseOverwriting(out, [file]);
    await assertWritable(out);
    if (preview !== undefined) await assertWritable(preview);
    const [{ encodePhoto }, { refinePhoto }, { openTuningNetworks }, { saveTuning }] = await Promise.all([
      import('#engine/tuning/encode-photo.ts'),
      import('#engine/tuning/refine-photo.ts'),
      import('#engine/tuning/tuning-networks.ts'),
      import('#engine/tuning/tuning-run.ts'),
    ]);
    const networks = await openTuningNetworks(findHome().packs);
    log.progress({ fraction: 0, label: `Reading ${file}` });
    const photo = await encodePhoto(file, file, { face, crop, signal });
    const begin = performance.now();
    const all = steps + 1 + (options.generator ? options.generatorSteps + 1 : 0);
    let done = 0;
    const refined = await refinePhoto({
      photo,
      networks,
      steps,
      learningRate: lr,
      ...(options.generator ? { generator: { steps: options.generatorSteps, learningRate: options.generatorLr } } : {}),
      wish: () => (signal.aborted ? 'cancel' : undefined),
      onStep: ({ part, step, total, losses, best }) => {
        done += 1;
        log.progress({
          fraction: done / all,
          label: `Refining ${part} ${step}/${total}, loss ${(losses['loss'] as number).toFixed(4)}`,
          detail: { refine: part, step, total, losses, best },
        });
      },
    });
    await saveTuning(
      out,
      { updates: 0, tensors: { vectors: refined.vectors, ...refined.tuned } },
      { photo: path.basename(file) },
    );
    if (preview !== undefined) await writeFileAtomic(preview, await previewOf(refined.reconstruction), { signal });
    const { before, after } = refined;
    const seconds = rounded((performance.now() - begin) / 1000, 1);
    printer.result(
      {
        out,
        preview: preview ?? null,
        loss_before: before,
        loss_after: after,
        steps,
        seconds,
        peak_rss_bytes: peakRssBytes(),
      },
      () => [`${out}: loss ${before.toFixed(4)} → ${after.toFixed(4)}, ${seconds} s`],
    );
  });
}

async function previewOf({
  dims,
  data,
}: {
  dims: readonly number[];
  data: ArrayLike<number | bigint>;
}): Promise<Uint8Array> {
  const { encodeImagePreview } = await import('#engine/image/encode.ts');
  const [, , height, width] = dims as readonly [number, number, number, number];
  const pixels = Float32Array.from(data, (value) => (Number(value) + 1) / 2);
  return (await encodeImagePreview({ width, height, data: pixels }, { maxSide: width, format: 'png' })).bytes;
}

/**
 * The classic engine on a 720p clip with one face, as a job from the file to the finished video. What bounds it is shown
 * twice: where this process spends the job's time, and how fast the programs that decode and encode are by themselves.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfCancelled, UsageError } from '#engine/errors.ts';
import { modelsFolder } from '#engine/face/models/location.ts';
import { createVideoEngine } from '#engine/jobs/create-video-engine.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodeSegment } from '#engine/video/encode.ts';
import { DEFAULT_ENCODER } from '#engine/video/encoders.ts';
import { frameDuration } from '#engine/video/frame-times.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import type { JobInfo } from '#shared/jobs.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS, VIDEO_DETAILS } from '#shared/settings.ts';
import { JOB_PHASE_IDS } from '#shared/video.ts';
import { type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { movingFaceClip } from './moving-face.ts';

/** Frames of the generated clip. */
const FRAMES = 200;
const SOURCE = 'ines.webp';

/** What the look at a frame is called among the stages. */
const FIND = 'find faces';

/** Milliseconds of one run, by what they were spent on. */
type Times = Map<string, number>;

const add = (times: Times, name: string, ms: number): void => {
  times.set(name, (times.get(name) ?? 0) + ms);
};

async function timed<T>(times: Times, name: string, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  try {
    return await work();
  } finally {
    add(times, name, performance.now() - begin);
  }
}

/** The same engine, its look at each frame timed. */
function watched(engine: VideoEngine, times: Times): VideoEngine {
  return {
    ...engine,
    async openAnalysis(...from) {
      const analysis = await engine.openAnalysis(...from);
      return { ...analysis, look: (frame, signal) => timed(times, FIND, () => analysis.look(frame, signal)) };
    },
  };
}

interface JobRun {
  readonly seconds: number;
  /** Processor time of this process, all its threads together. */
  readonly cpuSeconds: number;
  readonly times: Times;
  /** Seconds in each phase. */
  readonly phases: ReadonlyMap<string, number>;
}

/** One job from its making to the finished file. */
async function runJob(
  clip: string,
  source: string,
  folder: string,
  detail: (typeof VIDEO_DETAILS)[number],
  signal: AbortSignal | undefined,
): Promise<JobRun> {
  const times: Times = new Map();
  const onTimes = (stages: readonly { stage: string; ms: number }[]) => {
    for (const { stage, ms } of stages) add(times, stage, ms);
  };
  await using engine = createVideoEngine({ onTimes });
  await using queue = openJobQueue({ jobs: path.join(folder, 'jobs'), engine: watched(engine, times) });
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  const marks: { phase: string; at: number }[] = [];
  const stop = queue.watch((event) => {
    if (event.type !== 'job' || marks.at(-1)?.phase === event.job.phase) return;
    marks.push({ phase: event.job.phase, at: performance.now() });
  });
  const { id } = await queue.add(
    {
      target: { path: clip, name: path.basename(clip) },
      sources: [{ path: source, name: path.basename(source), face: 'largest', goal: 'all' }],
      swap: { ...DEFAULT_SWAP_SETTINGS, engine: 'classic' },
      video: { ...DEFAULT_VIDEO_SETTINGS, detail },
      encoder: DEFAULT_ENCODER,
      output: 'video',
    },
    signal,
  );
  const cancel = () => void queue.cancel(id);
  signal?.addEventListener('abort', cancel);
  const job = await queue.settled(id);
  signal?.removeEventListener('abort', cancel);
  stop();
  throwIfCancelled(signal);
  const end = performance.now();
  const cpu = process.cpuUsage(cpuBegin);
  requireDone(job);
  await queue.remove(id);
  const phases = new Map(
    JOB_PHASE_IDS.map((phase) => {
      const first = marks.findIndex((mark) => mark.phase === phase);
      return [phase, first < 0 ? 0 : ((marks[first + 1]?.at ?? end) - marks[first]!.at) / 1000];
    }),
  );
  return { seconds: (end - begin) / 1000, cpuSeconds: (cpu.user + cpu.system) / 1e6, times, phases };
}

function requireDone({ state, error, swappedFrames, end, first }: JobInfo): void {
  if (state !== 'done') throw new UsageError(`The job ended as ${state}: ${error?.message ?? 'no reason given'}`);
  if (swappedFrames < 0.9 * (end - first)) {
    throw new UsageError(`A face was exchanged in ${swappedFrames} of ${end - first} frames only.`, {
      action: 'Measure with a clip that shows one face throughout.',
    });
  }
}

/** Milliseconds a frame that decoding takes when nothing else runs, and encoding the same frames. */
async function mediaAlone(video: OpenedVideo, folder: string, signal?: AbortSignal) {
  const { info, times } = video;
  const frames = times.pts.length;
  const begin = performance.now();
  for await (const frame of decodeFrames(info, { signal })) frame.release();
  const decoded = performance.now();
  async function* again() {
    let index = 0;
    for await (const { pts, pixels, release } of decodeFrames(info, { signal })) {
      yield { pts, pixels, duration: frameDuration(times, index) };
      release();
      index += 1;
    }
  }
  const { width, height, sampleAspect, color } = info.video;
  const format = { settings: DEFAULT_ENCODER, width, height, sampleAspect, color, timeBase: times.timeBase };
  const rate = { num: Math.round((1000 * frames) / clipSeconds(video)), den: 1000 };
  await encodeSegment(path.join(folder, 'alone.mp4'), again(), { ...format, rate, keyInterval: 50 }, signal);
  const encoded = performance.now();
  return { decode: (decoded - begin) / frames, decode_and_encode: (encoded - decoded) / frames };
}

function clipSeconds({ times: { pts, end, timeBase } }: OpenedVideo): number {
  return ((end - (pts[0] ?? 0)) * timeBase.num) / timeBase.den;
}

export async function videoClassic(options: BenchOptions): Promise<BenchReport> {
  const { signal, onProgress, runs = 1 } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-bench-'));
  try {
    const clip = options.clip ?? (await movingFaceClip(folder, options.frames ?? FRAMES));
    const source = options.source ?? path.join(modelsFolder(), 'samples', SOURCE);
    const video = await openVideo(clip, { signal });
    const frames = video.times.pts.length;
    const media = await mediaAlone(video, folder, signal);
    const details: Record<string, ReturnType<typeof summarise>> = {};
    let done = 0;
    for (const detail of VIDEO_DETAILS) {
      const measured: JobRun[] = [];
      for (let run = 0; run < runs; run++) {
        onProgress?.(done++ / (runs * VIDEO_DETAILS.length), `${detail} ${run + 1} of ${runs}`);
        measured.push(await runJob(clip, source, folder, detail, signal));
      }
      details[detail] = summarise(measured, frames);
    }
    const { width, height } = video.info.video;
    const json = {
      machine: describeMachine(),
      runs,
      unit: 'frames/s',
      clip: { frames, width, height, generated: options.clip === undefined },
      // The headline: the default detail, from the clip to the finished file.
      ...details[DEFAULT_VIDEO_SETTINGS.detail]!.frames_per_second,
      default_detail: DEFAULT_VIDEO_SETTINGS.detail,
      details,
      alone_ms_a_frame: { decode: round(media.decode), decode_and_encode: round(media.decode_and_encode) },
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
    };
    return { json, lines: describe(json) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const round = (value: number): number => Math.round(100 * value) / 100;

/** The fastest run in detail, and the spread of all. */
function summarise(measured: readonly JobRun[], frames: number) {
  const best = measured.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  const perFrame = (ms: number) => round(ms / frames);
  const phase = (name: 'analyse' | 'swap') => 1000 * (best.phases.get(name) ?? 0);
  return {
    frames_per_second: spread(measured.map(({ seconds }) => frames / seconds)),
    ms_a_frame: perFrame(1000 * best.seconds),
    analyse_ms: perFrame(phase('analyse')),
    /** Of the analysis: what waits for the decoder is left out. */
    find_faces_ms: perFrame(best.times.get(FIND) ?? 0),
    swap_ms: perFrame(phase('swap')),
    /** Opening, joining. */
    rest_ms: perFrame(1000 * best.seconds - phase('analyse') - phase('swap')),
    /** Of this process; the programs that decode and encode are not counted. */
    cpu_ms: perFrame(1000 * best.cpuSeconds),
    phases_seconds: Object.fromEntries([...best.phases].map(([name, seconds]) => [name, round(seconds)])),
    /** Of all threads that swap together. */
    stages_ms: Object.fromEntries(
      [...best.times].filter(([name]) => name !== FIND).map(([stage, ms]) => [stage, perFrame(ms)]),
    ),
  };
}

interface Numbers {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly clip: { readonly frames: number; readonly width: number; readonly height: number };
  readonly details: Readonly<Record<string, ReturnType<typeof summarise>>>;
  readonly alone_ms_a_frame: Readonly<Record<string, number>>;
  readonly peak_rss_bytes: number;
}

function describe({ machine, clip, details, alone_ms_a_frame: alone, peak_rss_bytes }: Numbers): string[] {
  const share = (ms: number, all: number) => `${ms.toFixed(1).padStart(8)} ms ${Math.round((100 * ms) / all)} %`;
  return [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load_average[0]}`,
    `${clip.frames} frames of ${clip.width}x${clip.height}`,
    ...Object.entries(details).flatMap(([detail, d]) => [
      '',
      `${detail}: ${d.frames_per_second.median} frames/s end to end, ${d.ms_a_frame} ms a frame`,
      `  analyse         ${share(d.analyse_ms, d.ms_a_frame)}, of it finding faces ${d.find_faces_ms} ms`,
      `  swap            ${share(d.swap_ms, d.ms_a_frame)}`,
      `  open, join      ${share(d.rest_ms, d.ms_a_frame)}`,
      `  processor time of the engine ${d.cpu_ms} ms, of it in the stages of its threads:`,
      ...Object.entries(d.stages_ms)
        .filter(([, ms]) => ms >= 0.05)
        .map(([stage, ms]) => `    ${stage.padEnd(14)}${ms.toFixed(1).padStart(8)} ms`),
    ]),
    '',
    `alone, a frame: decode ${alone['decode']} ms, decode and encode ${alone['decode_and_encode']} ms`,
    `peak memory ${Math.round(peak_rss_bytes / 1e6)} MB`,
  ];
}

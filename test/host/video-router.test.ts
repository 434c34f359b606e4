import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ORPCError } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import type { AskShell } from '#engine/host/control-client.ts';
import { createEngineServer } from '#engine/host/engine-server.ts';
import { createKeptClips } from '#engine/host/kept-clips.ts';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import type { EngineContract, Face } from '#shared/contract.ts';
import type { Clip, JobWatchEvent } from '#shared/contract-video.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_EXPORT, DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';
import { createFakeJobs } from '../support/fake-jobs.ts';
import { createFakeStudio, fakeServices } from '../support/fake-studio.ts';
import { linkChannels } from '../support/linked-channels.ts';
import { ffmpeg, testPicture, tone } from '../support/video-clips.ts';

let folder: string;
let film: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-video-host-'));
  film = path.join(folder, 'film.mp4');
  await ffmpeg(folder, ...testPicture('64x48', '25', 0.4), ...tone(440, 0.4), '-c:a', 'aac', film);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function openEngine() {
  const studio = createFakeStudio();
  const grants = createGrantTable();
  const media = createMediaTable();
  const jobs = createFakeJobs();
  const keptFolder = path.join(folder, `kept-${Math.random()}`);
  const answer = answerEngine(grants, media);
  const ask: AskShell = async (question, asked) => answer(question, asked);
  const services = fakeServices(studio, undefined, jobs);
  const server = createEngineServer({
    ...services,
    video: { ...services.video, kept: createKeptClips(keptFolder) },
    ask,
  });
  const connect = () => {
    const link = linkChannels<EngineContract>();
    server.serve(link.channel);
    return link;
  };
  return { studio, grants, media, jobs, keptFolder, connect, ...connect() };
}
type Engine = ReturnType<typeof openEngine>;

const choices = {
  sources: [],
  swap: DEFAULT_SWAP_SETTINGS,
  video: DEFAULT_VIDEO_SETTINGS,
  export: DEFAULT_VIDEO_EXPORT,
};

const HIDDEN: Face = {
  ...{ index: 0, box: [1, 2, 30, 40], score: 1, yaw: 0, pitch: 0, roll: 0, warnings: [] },
  landmarks68: Array.from({ length: 68 }, () => [0, 0]),
};

const openFilm = ({ client, grants }: Pick<Engine, 'client' | 'grants'>): Promise<Clip> =>
  client.video.open({ file: grants.grantRead(film).file });

async function refusalOf(work: Promise<unknown>): Promise<ErrorReport> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'STUDIO_ERROR') return error.data as ErrorReport;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('a clip', () => {
  it('that is no usable video is refused in the words of the command line, without its place', async () => {
    const engine = openEngine();
    const good = await readFile(film);
    const wide = Buffer.from(good);
    wide.writeUInt16BE(60_000, good.indexOf('avc1', good.indexOf('stsd')) + 28);
    await ffmpeg(folder, '-i', film, '-vn', '-c', 'copy', 'sound.mp4');
    const files: Readonly<Record<string, readonly [bytes: Buffer | string, message: RegExp]>> = {
      'empty.mp4': ['', /^The file is empty\.$/],
      'list.mp4': [`#EXTM3U\n#EXTINF:1,\n${film}\n`, /^This is no video file of a known kind\.$/],
      'sound.mp4': [await readFile(path.join(folder, 'sound.mp4')), /^The file has no picture track\.$/],
      'cut.mp4': [good.subarray(0, good.length / 2), /^This MP4 file is damaged or cut off\.$/],
      'wide.mp4': [wide, /^The video claims 60000 x 48 pixels; a side may have up to 16384\.$/],
    };
    for (const [name, [bytes, message]] of Object.entries(files)) {
      const file = path.join(folder, name);
      await writeFile(file, bytes);
      const refused = await refusalOf(engine.client.video.open({ file: engine.grants.grantRead(file).file }));
      expect(refused).toMatchObject({ kind: 'input', file: name, message: expect.stringMatching(message) });
      expect(JSON.stringify(refused)).not.toContain(folder);
    }
    engine.close();
  });

  it('is described, shown frame by frame, and can be played at an address', async () => {
    const engine = openEngine();
    const clip = await openFilm(engine);
    expect(clip).toMatchObject({
      name: 'film.mp4',
      container: 'MP4',
      codec: 'h264',
      width: 64,
      height: 48,
      aspect: 64 / 48,
      frames: 10,
      audio: 1,
      notices: [],
    });
    expect(clip.clock).toEqual({ start: expect.closeTo(0, 3), step: expect.closeTo(0.04, 6) });
    expect(JSON.stringify(clip)).not.toContain(folder);
    expect(engine.media.find(clip.media)).toEqual({ path: film, type: 'video/mp4' });
    const { video } = clip;
    const pictures = await Promise.all([0, 9].map((frame) => engine.client.video.frame({ video, frame, maxSide: 32 })));
    expect(pictures.map(({ type }) => type)).toEqual(['image/jpeg', 'image/jpeg']);
    const [first, last] = await Promise.all(pictures.map((picture) => picture.arrayBuffer()));
    expect(Buffer.from(first!).equals(Buffer.from(last!))).toBe(false);
    expect((await refusalOf(engine.client.video.frame({ video, frame: 10, maxSide: 32 }))).kind).toBe('usage');
    expect(await engine.client.video.close({ video })).toEqual({ closed: true });
    expect((await refusalOf(engine.client.video.frame({ video, frame: 0, maxSide: 32 }))).kind).toBe('usage');
    engine.close();
  });

  it('with uneven times tells each of them', async () => {
    const uneven = path.join(folder, 'uneven.mkv');
    await ffmpeg(folder, ...testPicture('32x32', '10', 0.5), '-vf', "setpts='N*(N+1)/2'", '-vsync', '0', uneven);
    const engine = openEngine();
    const { clock } = await engine.client.video.open({ file: engine.grants.grantRead(uneven).file });
    expect(clock).toEqual({ times: [0, 0.1, 0.3, 0.6, 1].map((time) => expect.closeTo(time, 2)) });
    engine.close();
  });

  it('loses its address with its window, and another window has one of its own', async () => {
    const engine = openEngine();
    const first = await openFilm(engine);
    const again = await openFilm(engine);
    expect(again.media).toBe(first.media);
    const second = engine.connect();
    const other = await openFilm({ client: second.client, grants: engine.grants });
    expect(other.media).not.toBe(first.media);
    engine.close();
    await expect.poll(() => engine.media.find(first.media)).toBeUndefined();
    expect(engine.media.find(other.media)).toBeDefined();
    second.close();
  });

  it('that is none is refused by its name', async () => {
    const engine = openEngine();
    const file = engine.grants.grantRead(import.meta.filename).file;
    expect(await refusalOf(engine.client.video.open({ file }))).toMatchObject({
      kind: 'input',
      file: 'video-router.test.ts',
    });
    engine.close();
  });
});

describe('a job', () => {
  it('gets clip, photos and settings by their files', async () => {
    const engine = openEngine();
    const clip = await openFilm(engine);
    const granted = engine.grants.grantRead(film, 'face.png');
    const { photo } = await engine.client.photo.open({ file: granted.file, thorough: false });
    // A thorough search finds what the quick one did not.
    const { detect } = engine.studio;
    engine.studio.detect = async (id, ...options) => ({ ...(await detect(id, ...options)), faces: [HIDDEN] });
    await engine.client.photo.detect({ photo, thorough: true });
    const job = await engine.client.jobs.create({
      clip: clip.video,
      trim: { in: { frame: 2 } },
      looked: { first: 1, end: 5 },
      ...choices,
      sources: [{ photo, face: 0, goal: { track: 1 } }],
      stopAfter: 'analyse',
    });
    expect(engine.jobs.requests.get(job.id)).toEqual({
      target: { path: film, name: 'film.mp4' },
      trim: { in: { frame: 2 } },
      looked: { first: 1, end: 5 },
      sources: [{ path: film, name: 'face.png', face: 0, box: [1, 2, 30, 40], goal: { track: 1 } }],
      swap: DEFAULT_SWAP_SETTINGS,
      video: DEFAULT_VIDEO_SETTINGS,
      encoder: { codec: 'h264', quality: 80, preset: 'fast' },
      output: 'video',
      container: 'mp4',
      stopAfter: 'analyse',
    });
    await engine.client.photo.close({ photo });
    const gone = engine.client.jobs.configure({
      job: job.id,
      ...choices,
      sources: [{ photo, face: 0, goal: 'all' }],
    });
    expect((await refusalOf(gone)).kind).toBe('usage');
    engine.close();
  });

  it('keeps a clip that goes with its page until the job is removed', async () => {
    const engine = openEngine();
    const upload = path.join(folder, 'upload.mp4');
    await ffmpeg(folder, ...testPicture('64x48', '25', 0.2), upload);
    const bytes = await readFile(upload);
    const granted = engine.grants.grantRead(upload, 'mine.mp4', { temporary: true });
    const clip = await engine.client.video.open({ file: granted.file });
    engine.jobs.refusal = new InputError('No.');
    await refusalOf(engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices }));
    expect(readdirSync(engine.keptFolder)).toEqual([]);
    engine.jobs.refusal = undefined;
    const job = await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    await unlink(upload);
    const target = engine.jobs.requests.get(job.id)!.target;
    expect(target.name).toBe('mine.mp4');
    expect(path.dirname(path.dirname(target.path))).toBe(engine.keptFolder);
    expect((await readFile(target.path)).equals(bytes)).toBe(true);
    // The clip of a job is opened again from the job.
    expect(await engine.client.video.open({ job: job.id })).toMatchObject({ name: 'mine.mp4', frames: 5 });
    expect(await engine.client.jobs.remove({ job: job.id })).toEqual({ removed: true });
    await expect(stat(target.path)).rejects.toThrow('ENOENT');
    engine.close();
  });

  it('is followed by windows until they leave', async () => {
    const engine = openEngine();
    const clip = await openFilm(engine);
    const stream = await engine.client.jobs.watch();
    const events: JobWatchEvent[] = [];
    const next = async () => {
      const step = await stream.next();
      if (!step.done) events.push(step.value);
    };
    await next();
    const { id } = await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    engine.jobs.emit({ type: 'frame', id, frame: 3 });
    await engine.client.jobs.pause({ job: id });
    await engine.client.jobs.remove({ job: id });
    for (let i = 0; i < 4; i++) await next();
    expect(events.map(({ type }) => type)).toEqual(['all', 'job', 'frame', 'job', 'removed']);
    expect(events[3]).toMatchObject({ job: { id, state: 'paused' } });
    await stream.return?.();
    await expect.poll(engine.jobs.watchers).toBe(0);
    engine.close();
  });

  it('is not shown older than it is', async () => {
    const engine = openEngine();
    const clip = await openFilm(engine);
    const { id } = await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    const { list } = engine.jobs;
    let reads = 0;
    engine.jobs.list = async () => {
      const read = await list();
      reads += 1;
      // It is done while the list is on its way.
      if (reads === 1) engine.jobs.move(id, { state: 'done' });
      return read;
    };
    const stream = await engine.client.jobs.watch();
    const states: string[] = [];
    for (let i = 0; i < 2; i++) {
      const step = await stream.next();
      if (step.done) break;
      if (step.value.type === 'job') states.push(step.value.job.state);
      if (step.value.type === 'all') states.push(...step.value.jobs.map(({ state }) => state));
    }
    expect(states).toEqual(['done', 'done']);
    await stream.return?.();
    engine.close();
  });

  it('that is damaged keeps no other from being made, and no clip is deleted then', async () => {
    const engine = openEngine();
    const upload = path.join(folder, 'another.mp4');
    await ffmpeg(folder, ...testPicture('64x48', '25', 0.2), upload);
    const granted = engine.grants.grantRead(upload, 'mine.mp4', { temporary: true });
    const clip = await engine.client.video.open({ file: granted.file });
    const first = await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    const { filesOf } = engine.jobs;
    engine.jobs.filesOf = async (id) => {
      if (id === first.id) throw new InputError('The job is damaged.');
      return filesOf(id);
    };
    await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    expect(readdirSync(engine.keptFolder)).toHaveLength(2);
    engine.close();
  });

  it('plays its result when it is whole, and saves it to a granted place once', async () => {
    const engine = openEngine();
    const clip = await openFilm(engine);
    const { id: job } = await engine.client.jobs.create({ clip: clip.video, trim: {}, ...choices });
    expect(await engine.client.jobs.media({ job })).toMatchObject({ result: null });
    engine.jobs.move(job, { state: 'done' });
    const { result } = await engine.client.jobs.media({ job });
    expect(engine.media.find(result!)).toBeDefined();
    const place = path.join(folder, 'saved.mp4');
    const to = engine.grants.grantWrite(place);
    expect(await engine.client.jobs.saveAs({ job, to })).toEqual({ bytes: 10, notices: ['One track is left out.'] });
    expect(await readFile(place, 'utf8')).toBe('the result');
    expect((await refusalOf(engine.client.jobs.saveAs({ job, to }))).kind).toBe('storage');
    engine.close();
  });
});

// Starts the packed studio under plain Node: its web shell, its engine process, its models, its samples, its threads.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import sharp from 'sharp';
import { WebSocket } from 'ws';

const START_LIMIT_MS = 60_000;
const VIDEO_LIMIT_MS = 300_000;
const run = promisify(execFile);

const environment = (home) => ({
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  TMPDIR: process.env.TMPDIR,
  HOME: home,
  E4S_HOME: home,
});

/**
 * @param app folder with the unpacked archive
 * @param home an empty data folder
 * @returns what the packed engine found: `{ page, engine, samples, sample, faces, milliseconds }`
 */
export async function tryPackedStudio(app, home) {
  const shell = spawn(process.execPath, [path.join(app, 'dist/main/web.js')], {
    cwd: home,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: START_LIMIT_MS,
  });
  let complaints = '';
  shell.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => {
    shell.on('exit', resolve);
  });
  try {
    const url = new URL(
      await Promise.race([
        new Promise((resolve) => {
          shell.stdout.setEncoding('utf8').once('data', (text) => resolve(text.trim()));
        }),
        ended.then(() => {
          throw new Error(`The packed studio did not start.\n${complaints}`);
        }),
      ]),
    );
    return await exerciseStudio(url);
  } catch (error) {
    throw new Error(`${error.message}\n${complaints}`, { cause: error });
  } finally {
    shell.kill('SIGTERM');
    await ended;
  }
}

async function exerciseStudio(url) {
  const entry = await fetch(url);
  const cookie = entry.headers.get('set-cookie').split(';')[0];
  const page = await fetch(url.origin, { headers: { cookie } });
  const connect = (name) =>
    createORPCClient(
      new RPCLink({
        websocket: new WebSocket(`ws://${url.host}/rpc/${name}`, { headers: { cookie }, origin: url.origin }),
      }),
    );
  const [shell, engine] = [connect('shell'), connect('engine')];
  const status = await firstSettled(await shell.engineStatus());
  if (status.state !== 'ready') throw new Error(`The packed engine is ${status.state}: ${status.reason}`);
  const begin = performance.now();
  const samples = await engine.samples.list();
  if (samples.length === 0) throw new Error('The packed studio has no samples.');
  const photo = await engine.photo.open({ file: samples[0].file, thorough: false });
  return {
    page: page.status,
    engine: status.state,
    samples: samples.length,
    sample: photo.name,
    faces: photo.faces.length,
    milliseconds: Math.round(performance.now() - begin),
  };
}

async function firstSettled(statuses) {
  for await (const status of statuses) if (status.state === 'ready' || status.state === 'failed') return status;
  throw new Error('The shell ended.');
}

const FRAMES = 6;
const SIDE = 320;

/**
 * Swaps a face in a short clip by the packed command line, which on several cores takes threads with a program of their
 * own.
 * @param app folder with the unpacked archive, `models` beside it
 * @param home a data folder, in which the clip is made
 * @returns `{ frames, swapped, worker }`: how many there are, and whether the program of the threads is there
 */
export async function tryPackedVideo(app, home) {
  const sample = (name) => path.join(app, '../models/samples', `${name}.webp`);
  const still = path.join(home, 'still.png');
  await sharp(sample('walter')).resize(SIDE, SIDE).png().toFile(still);
  const clip = path.join(home, 'clip.mp4');
  const cli = path.join(app, 'dist/main/cli.js');
  const options = { cwd: home, env: environment(home), timeout: VIDEO_LIMIT_MS, maxBuffer: 2 ** 26 };
  const doctor = JSON.parse((await run(process.execPath, [cli, 'doctor', '--json'], options)).stdout);
  const ffmpeg = doctor.ffmpeg.path;
  const frames = ['-frames:v', String(FRAMES), '-pix_fmt', 'yuv420p', clip];
  await run(ffmpeg, ['-v', 'error', '-nostdin', '-loop', '1', '-i', still, ...frames], options);
  const out = path.join(home, 'swapped.mp4');
  const swap = ['swap', '--engine', 'classic', '--source', sample('ines'), '--target', clip, '--out', out, '--json'];
  const { stdout } = await run(process.execPath, [cli, ...swap], options);
  const result = JSON.parse(stdout);
  return {
    frames: result.frames,
    swapped: result.swapped_frames,
    worker: existsSync(path.join(app, 'dist/main/frame-worker.js')),
  };
}

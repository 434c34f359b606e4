import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';
import { startWebShell, type WebShell } from '#main/shells/web.ts';
import { WEB_PATHS } from '#shared/bridge.ts';
import { grantedFileSchema } from '#shared/contract.ts';
import { createFakeApp, type FakeApp } from '../support/fake-app.ts';
import { ffmpeg, testPicture } from '../support/video-clips.ts';
import { ask, connectStudio, enter } from '../support/web-client.ts';

let folder: string;
let fake: FakeApp;
let shell: WebShell;
let url: URL;
let headers: { cookie: string; origin: string };
let bytes: Buffer;
let enginePid = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-web-media-'));
  await ffmpeg(folder, ...testPicture('64x48', '25', 0.4), 'film.mp4');
  bytes = await readFile(path.join(folder, 'film.mp4'));
  fake = await createFakeApp();
  const launch = nodeEngineLauncher({ entry: fake.app.engineEntry });
  shell = await startWebShell({
    app: fake.app,
    uploadsFolder: path.join(folder, 'uploads'),
    launch: () => {
      const engine = launch();
      enginePid = engine.pid ?? 0;
      return engine;
    },
  });
  url = new URL(shell.url);
  headers = await enter(url);
});
afterAll(async () => {
  await shell?.close();
  await fake?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function uploadedFilm() {
  const reply = await ask(url, `${WEB_PATHS.upload}?name=film.mp4&kind=video`, {
    method: 'POST',
    headers,
    body: bytes,
  });
  return grantedFileSchema.parse(JSON.parse(reply.body.toString()));
}

describe('a video of a page', () => {
  it('is played by ranges, to the page alone, for as long as it is connected', async () => {
    const studio = await connectStudio(url, headers);
    const { file } = await uploadedFilm();
    const { media, frames } = await studio.engine.video.open({ file });
    expect(frames).toBe(10);

    const whole = await ask(url, media, { headers: { cookie: headers.cookie } });
    expect([whole.status, whole.headers['content-type'], whole.body.equals(bytes)]).toEqual([200, 'video/mp4', true]);
    const part = await ask(url, media, { headers: { cookie: headers.cookie, range: 'bytes=10-19' } });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(part.body.equals(bytes.subarray(10, 20))).toBe(true);
    const head = await ask(url, media, { method: 'HEAD', headers: { cookie: headers.cookie } });
    expect([head.status, head.body.length]).toEqual([200, 0]);

    expect((await ask(url, media)).status).toBe(403);
    expect((await ask(url, media, { headers: { ...headers, origin: 'http://evil.example' } })).status).toBe(403);
    expect((await ask(url, `/media/${'A'.repeat(32)}`, { headers })).status).toBe(404);
    expect((await ask(url, `${media}/../film.mp4`, { headers })).status).toBe(404);

    studio.engineSocket.close();
    studio.shellSocket.close();
    await expect.poll(async () => (await ask(url, media, { headers })).status).toBe(404);
  });

  it('has no address any more when the engine that gave it is gone', async () => {
    const studio = await connectStudio(url, headers);
    const { media } = await studio.engine.video.open({ file: (await uploadedFilm()).file });
    expect((await ask(url, media, { headers })).status).toBe(200);
    process.kill(enginePid, 'SIGKILL');
    await expect.poll(async () => (await ask(url, media, { headers })).status).toBe(404);
    studio.engineSocket.close();
    studio.shellSocket.close();
  });
});

it('pages may play videos of the studio and of nobody else', async () => {
  const policy = String((await ask(url, '/', { headers })).headers['content-security-policy']);
  expect(policy.split('; ').find((part) => part.startsWith('media-src '))).toBe("media-src 'self'");
});

/** An installation of the studio with a page of its own, and an engine whose studio is a fake. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AppRoot } from '#engine/files/app-root.ts';
import { buildEntry } from './build-entry.ts';

export interface FakeApp {
  readonly app: AppRoot;
  remove(): Promise<void>;
}

export async function createFakeApp(): Promise<FakeApp> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'e4s-app-'));
  const renderer = path.join(root, 'dist', 'renderer');
  await mkdir(path.join(renderer, 'assets'), { recursive: true });
  await writeFile(
    path.join(renderer, 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__E4S_NONCE__"><script type="module" src="/assets/main.js"></script>',
  );
  await writeFile(path.join(renderer, 'assets', 'main.js'), 'export {};');
  await writeFile(path.join(root, 'secret.txt'), 'secret');
  const entry = await buildEntry('test/support/fake-engine.ts', {
    outside: ['sharp', 'onnxruntime-node', 'ffmpeg-static', '@ffmpeg-installer/ffmpeg', '@ffprobe-installer/ffprobe'],
  });
  return {
    app: {
      root,
      version: '1.2.3',
      models: path.join(root, 'models'),
      renderer,
      engineEntry: entry.file,
      preload: path.join(root, 'dist', 'preload', 'index.cjs'),
    },
    async remove() {
      await entry.remove();
      await rm(root, { recursive: true, force: true });
    },
  };
}

import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTool } from '#engine/video/ffmpeg.ts';

describe.skipIf(process.platform === 'win32')('the search for ffmpeg', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'e4s-tool-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function program(name: string, body: string, mode: number): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, mode);
    return file;
  }
  const good = (name: string, version: string, mode = 0o755) =>
    program(name, `echo "ffmpeg version ${version} Copyright"`, mode);

  test('takes the first that starts', async () => {
    const [first, second] = [await good('a', '7.1'), await good('b', '4.0')];
    const { found, problems } = await findTool('ffmpeg', [
      { source: 'ffmpeg-static', locate: () => undefined },
      { source: '@ffmpeg-installer/ffmpeg', locate: () => first },
      { source: 'PATH', locate: () => second },
    ]);
    expect(found).toEqual({ path: first, version: '7.1', source: '@ffmpeg-installer/ffmpeg' });
    expect(problems).toEqual([]);
  });

  test('a program without permission to run gets it back', async () => {
    const file = await good('a', 'N-4711', 0o644);
    const { found } = await findTool('ffmpeg', [{ source: 'ffmpeg-static', locate: () => file }]);
    expect(found?.version).toBe('N-4711');
    expect((await stat(file)).mode & 0o777).toBe(0o755);
  });

  test('a broken program is passed over and named; a missing one is passed over silently', async () => {
    const broken = await program('a', 'echo nonsense', 0o755);
    const failing = await program('b', 'exit 3', 0o755);
    const { found, problems } = await findTool('ffmpeg', [
      { source: 'ffmpeg-static', locate: () => path.join(folder, 'missing') },
      { source: '@ffmpeg-installer/ffmpeg', locate: () => broken },
      { source: 'PATH', locate: () => failing },
    ]);
    expect(found).toBeUndefined();
    expect(problems).toHaveLength(2);
    expect(problems[0]).toBe('ffmpeg of @ffmpeg-installer/ffmpeg does not start: it does not answer with a version.');
  });

  test('nothing anywhere is no error', async () => {
    expect(await findTool('ffmpeg', [{ source: 'PATH', locate: () => 'e4s-no-such-program' }])).toEqual({
      problems: [],
    });
  });
});

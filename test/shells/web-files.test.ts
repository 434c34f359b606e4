/** Pictures that go up to the engine and results that come down to the page. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEB_PATHS } from '#shared/bridge.ts';
import { fileHandleSchema, grantedFileSchema, resultIdSchema, saveHandleSchema } from '#shared/contract.ts';
import { DEFAULT_EXPORT_SETTINGS } from '#shared/settings.ts';
import { callWith, codeOf } from '../support/junk.ts';
import { ask } from '../support/web-client.ts';
import { startWebWorld, type WebWorld } from '../support/web-world.ts';

let world: WebWorld;
let url: URL;
let headers: WebWorld['headers'];
beforeAll(async () => {
  world = await startWebWorld();
  ({ url, headers } = world);
});
afterAll(() => world?.stop());

describe('files', () => {
  it('go up, are opened by the engine, and come down when they are written', async () => {
    const studio = await world.connect();
    const upload = await ask(url, `${WEB_PATHS.upload}?name=${encodeURIComponent('C:\\photos\\Zoë.png')}`, {
      method: 'POST',
      headers,
      body: 'picture',
    });
    const granted = grantedFileSchema.parse(JSON.parse(upload.body.toString()));
    expect(granted.name).toBe('Zoë.png');
    expect(await studio.engine.photo.open({ file: granted.file, thorough: false })).toMatchObject({
      name: 'Zoë.png',
      width: 7,
    });

    const slot = await studio.shell.files.saveDialog({ name: 'Zoë "1".png', format: 'png' });
    expect(slot?.download).toBe(`${WEB_PATHS.download}${slot?.to}`);
    expect((await ask(url, slot!.download!, { headers })).status).toBe(404);
    await studio.engine.swap.export({
      result: resultIdSchema.parse('result_00000001'),
      to: slot!.to,
      settings: DEFAULT_EXPORT_SETTINGS,
    });
    const file = await ask(url, slot!.download!, { headers });
    expect(file.body.toString()).toBe('the whole result');
    expect(file.headers['content-disposition']).toBe(
      `attachment; filename="Zo_ 1.png"; filename*=UTF-8''Zo%C3%AB%201.png`,
    );
    expect(await studio.shell.files.openDialog({ kind: 'picture', multiple: true })).toBeNull();
    expect(await studio.shell.files.reveal({ saved: slot!.to })).toEqual({ shown: false });
  });

  it('over the limit are refused and leave nothing', async () => {
    const temporary = path.dirname(await uploadFolder());
    const count = async () => (await readdir(temporary)).length;
    const before = await count();
    const declared = await ask(url, `${WEB_PATHS.upload}?name=big.png`, {
      method: 'POST',
      headers: { ...headers, 'content-length': '5000' },
      body: Buffer.alloc(5000),
    }).catch(() => undefined);
    if (declared) expect(declared.status).toBe(413);
    const streamed = await ask(url, `${WEB_PATHS.upload}?name=big.png`, {
      method: 'POST',
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(8_000_000),
    });
    expect(streamed.status).toBe(413);
    expect(JSON.parse(streamed.body.toString())).toMatchObject({ kind: 'input', file: 'big.png' });
    expect(await count()).toBe(before);
    const studio = await world.connect();
    expect(await codeOf(studio.shell.files.grantBytes({ name: 'p.png', bytes: new Blob([Buffer.alloc(2000)]) }))).toBe(
      'STUDIO_ERROR',
    );
  });

  it('that the user never gave cannot be read or written', async () => {
    const studio = await world.connect();
    const file = fileHandleSchema.parse('file_AAAAAAAAAAAAAAAAAAAAAAAA');
    expect(await codeOf(studio.engine.photo.open({ file, thorough: false }))).toBe('STUDIO_ERROR');
    for (const path of ['/etc/passwd', 'file_/etc/passwd', '../secret.txt']) {
      expect(await codeOf(callWith(studio.engine, ['photo', 'open'], { file: path, thorough: false }))).toBe(
        'BAD_REQUEST',
      );
    }
    const weights = { from: file, replace: false };
    expect(await codeOf(callWith(studio.engine, ['models', 'import'], weights))).toBe('STUDIO_ERROR');
    for (const from of ['/etc', '../secret.txt', 'save_AAAAAAAAAAAAAAAAAAAAAAAA']) {
      expect(await codeOf(callWith(studio.engine, ['models', 'import'], { ...weights, from }))).toBe('BAD_REQUEST');
    }
    const to = saveHandleSchema.parse('save_AAAAAAAAAAAAAAAAAAAAAAAA');
    const result = resultIdSchema.parse('result_00000001');
    expect(await codeOf(studio.engine.swap.export({ result, to, settings: DEFAULT_EXPORT_SETTINGS }))).toBe(
      'STUDIO_ERROR',
    );
    // A handle to read is no handle to write.
    const granted = await studio.shell.files.grantBytes({ name: 'a.png', bytes: new Blob(['abc']) });
    const crossed = granted.file.replace('file_', 'save_');
    expect(
      await codeOf(
        callWith(studio.engine, ['swap', 'export'], { result, to: crossed, settings: DEFAULT_EXPORT_SETTINGS }),
      ),
    ).toBe('STUDIO_ERROR');
    expect((await ask(url, `${WEB_PATHS.download}${granted.file}`, { headers })).status).toBe(404);
  });

  it('of this session are the recent ones', async () => {
    const studio = await world.connect();
    await studio.shell.recent.clear();
    expect(await studio.shell.recent.list()).toEqual([]);
    await studio.shell.files.grantBytes({ name: 'pasted.png', bytes: new Blob(['abc']) });
    const [entry] = await studio.shell.recent.list();
    expect(entry).toMatchObject({ name: 'pasted.png', exists: true });
    const opened = await studio.shell.recent.open({ id: entry!.id });
    expect(await studio.engine.photo.open({ file: opened.file, thorough: false })).toMatchObject({ width: 3 });
    expect(await codeOf(studio.shell.recent.open({ id: '/etc/passwd' }))).toBe('STUDIO_ERROR');
  });

  async function uploadFolder(): Promise<string> {
    const found = (await readdir(os.tmpdir())).filter((name) => name.startsWith(`e4s-studio-${process.pid}-`));
    for (const name of found) {
      const inside = await readdir(path.join(os.tmpdir(), name)).catch(() => []);
      for (const own of inside) {
        if (existsSync(path.join(os.tmpdir(), name, own, 'Zoë.png'))) return path.join(os.tmpdir(), name, own);
      }
    }
    throw new Error('no upload found');
  }
});

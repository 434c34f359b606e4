/** Videos, weights and folders of them on their way from a page: they lie by themselves, and go with their page. */
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEB_PATHS } from '#shared/bridge.ts';
import { grantedFileSchema } from '#shared/contract.ts';
import { codeOf } from '../support/junk.ts';
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

describe('files from a page', () => {
  it('that are large lie by themselves, are temporary and go when they are released', async () => {
    const studio = await world.connect();
    const before = await studio.shell.recent.list();
    for (const kind of ['video', 'weights']) {
      const clip = await upload({ name: '../../clip.mp4', kind }, 'a clip');
      expect(clip.name).toBe('clip.mp4');
      expect(await studio.engine.photo.open({ file: clip.file, thorough: false })).toMatchObject({ width: 6 });
      expect(await uploaded()).toEqual(['clip.mp4']);
      expect(await studio.shell.files.release({ file: clip.file })).toEqual({ released: true });
      expect(await uploaded()).toEqual([]);
      expect(await codeOf(studio.engine.photo.open({ file: clip.file, thorough: false }))).toBe('STUDIO_ERROR');
    }
    expect(await studio.shell.recent.list()).toEqual(before);
    for (const query of [
      { name: 'a', kind: 'folder' },
      { name: 'a', kind: 'other' },
    ]) {
      expect((await post(query, 'x')).status).toBe(400);
    }
  });

  it('can be a folder with names in it, which stays inside itself', async () => {
    const studio = await world.connect();
    const folder = (await studio.shell.files.newFolder({ name: 'pre/../trained' }))!;
    expect(folder.name).toBe('trained');
    const names = ['E4S/iteration.pt', 'faceseg\\79999.pth', '../../../escaped.pt', '/etc/absolute.pt', '.hidden'];
    for (const name of names) expect((await post({ folder: folder.file, name }, 'abc')).status).toBe(200);
    expect(await uploaded()).toEqual([
      'trained/E4S/iteration.pt',
      'trained/etc/absolute.pt',
      'trained/faceseg/79999.pth',
      'trained/file/file/file/escaped.pt',
      'trained/hidden',
    ]);
    expect((await post({ folder: folder.file, name: '' }, 'abc')).status).toBe(400);
    expect((await post({ folder: folder.file, name: 'E4S/iteration.pt' }, 'again')).status).toBe(400);
    expect((await post({ folder: folder.file, name: 'a/'.repeat(9) }, 'deep')).status).toBe(400);
    expect((await post({ folder: folder.file, name: 'x'.repeat(5000) }, 'long')).status).toBe(400);
    const picture = await upload({ name: 'p.png' }, 'abc');
    for (const odd of [picture.file, 'file_AAAAAAAAAAAAAAAA', '../../x', '']) {
      expect((await post({ folder: odd, name: 'a.pt' }, 'abc')).status).toBe(400);
    }
    // Four files of the largest size fill a folder.
    const full = [];
    for (let i = 0; i < 5; i++)
      full.push((await post({ folder: folder.file, name: `${i}.pt` }, 'x'.repeat(995))).status);
    expect(full).toEqual([200, 200, 200, 200, 413]);
    expect(await uploaded()).not.toContain('trained/4.pt');
    expect((await remove({ file: folder.file })).body.toString().trim()).toBe('{"released":true}');
    expect(await uploaded()).toEqual([]);
    expect((await remove({ file: folder.file })).body.toString().trim()).toBe('{"released":false}');
    expect((await remove({ file: picture.file })).body.toString().trim()).toBe('{"released":false}');
    expect((await remove({ file: '/etc/passwd' })).status).toBe(400);
  });

  it('of which only a part came leave nothing', async () => {
    for (const how of ['the page goes', 'the folder goes'] as const) {
      const studio = await world.connect();
      const folder = (await studio.shell.files.newFolder({ name: 'f' }))!;
      const address = `${WEB_PATHS.upload}?${new URLSearchParams({ folder: folder.file, name: 'a.pt' })}`;
      const call = request({
        host: url.hostname,
        port: url.port,
        path: address,
        method: 'POST',
        headers: { ...headers, 'content-length': '900' },
      });
      call.on('error', () => undefined);
      call.write('x'.repeat(400));
      await expect.poll(() => uploaded()).toEqual(['f/a.pt.part']);
      if (how === 'the page goes') call.destroy();
      else await studio.shell.files.release({ file: folder.file });
      await expect.poll(() => uploaded()).toEqual([]);
      call.destroy();
    }
  });

  it('that are large go when no page has been there for a while', async () => {
    const closed: Promise<void>[] = [];
    for (const client of world.clients.splice(0)) {
      closed.push(new Promise((resolve) => client.shellSocket.once('close', () => resolve())));
      client.shellSocket.close();
      client.engineSocket.close();
    }
    await Promise.all(closed);
    const studio = await world.connect();
    const clip = await upload({ name: 'clip.mp4', kind: 'video' }, 'a clip');
    expect(await uploaded()).toEqual(['clip.mp4']);
    studio.shellSocket.close();
    await expect.poll(() => uploaded()).toEqual([]);
    const later = await world.connect();
    expect(await codeOf(later.engine.photo.open({ file: clip.file, thorough: false }))).toBe('STUDIO_ERROR');
  });

  const post = (query: Record<string, string>, body: string) =>
    ask(url, `${WEB_PATHS.upload}?${new URLSearchParams(query)}`, { method: 'POST', headers, body });
  const remove = (query: Record<string, string>) =>
    ask(url, `${WEB_PATHS.upload}?${new URLSearchParams(query)}`, { method: 'DELETE', headers });
  const upload = async (query: Record<string, string>, body: string) =>
    grantedFileSchema.parse(JSON.parse((await post(query, body)).body.toString()));

  /** Large uploads, by their names in their own folders. */
  async function uploaded(): Promise<string[]> {
    const root = path.join(world.fake.app.root, 'uploads');
    const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).slice(2).join('/'))
      .toSorted();
  }
});

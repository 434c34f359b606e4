import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';
import { startWebShell, type WebShell } from '#main/shells/web.ts';
import { ENGINE_LOST_CODE, WEB_PATHS } from '#shared/bridge.ts';
import {
  fileHandleSchema,
  grantedFileSchema,
  photoIdSchema,
  resultIdSchema,
  type SwapRequest,
  saveHandleSchema,
  shellContract,
} from '#shared/contract.ts';
import { DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { createFakeApp, type FakeApp } from '../support/fake-app.ts';
import { callsOf, callWith, codeOf, junk } from '../support/junk.ts';
import { ask, connectStudio, enter, openSocket } from '../support/web-client.ts';

let fake: FakeApp;
let shell: WebShell;
let url: URL;
let headers: { cookie: string; origin: string };
let enginePid = 0;

beforeAll(async () => {
  fake = await createFakeApp();
  const launch = nodeEngineLauncher({ entry: fake.app.engineEntry });
  shell = await startWebShell({
    app: fake.app,
    uploadLimitBytes: 1000,
    uploadsFolder: path.join(fake.app.root, 'uploads'),
    uploadsStayMs: 200,
    fallbackReason: 'for a test',
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
});

const clients: Awaited<ReturnType<typeof connectStudio>>[] = [];
async function connect(): Promise<(typeof clients)[number]> {
  const client = await connectStudio(url, headers);
  clients.push(client);
  return client;
}

const photo = photoIdSchema.parse('photo_00000000');
const swap: SwapRequest = {
  target: photo,
  assignments: [{ targetFace: 0, source: photo, sourceFace: 0 }],
  settings: DEFAULT_SWAP_SETTINGS,
};

describe('the gate', () => {
  it('listens on the loopback interface only', async () => {
    expect(url.hostname).toBe('127.0.0.1');
    const others = Object.values(os.networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((address) => !address.internal && address.family === 'IPv4');
    for (const { address } of others) {
      const refused = await new Promise<boolean>((resolve) => {
        const socket = createConnection({ host: address, port: Number(url.port) });
        socket.on('connect', () => resolve(false));
        socket.on('error', () => resolve(true));
      });
      expect(refused, address).toBe(true);
    }
  });

  it('lets the printed address in, with a cookie that scripts and other sites do not get', async () => {
    const reply = await ask(url, url.pathname + url.search);
    expect(reply.status).toBe(200);
    const [cookie] = reply.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const token = url.searchParams.get('token') as string;
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(cookie).not.toContain(token);
    expect(reply.body.toString()).not.toContain(token);
    expect((await ask(url, '/', { headers: { cookie: headers.cookie } })).status).toBe(200);
  });

  it.each([
    ['no cookie', {}],
    ['a wrong cookie', { cookie: 'e4s_1=x' }],
    ['a wrong session', { cookie: '$SAME_NAME=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['another host name', { cookie: '$COOKIE', host: 'evil.example' }],
    ['a host name that resolves here', { cookie: '$COOKIE', host: '127.0.0.1.evil.example' }],
    ['a host with credentials', { cookie: '$COOKIE', host: 'localhost@evil.example' }],
    ['another origin', { cookie: '$COOKIE', origin: 'http://evil.example' }],
    ['another port of this machine', { cookie: '$COOKIE', origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { cookie: '$COOKIE', origin: 'null' }],
    ['a cross-site request', { cookie: '$COOKIE', 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', async (_what, given) => {
    const sent = Object.fromEntries(
      Object.entries(given as Record<string, string>).map(([key, value]) => [
        key,
        value.replace('$COOKIE', headers.cookie).replace('$SAME_NAME', headers.cookie.split('=')[0] as string),
      ]),
    );
    for (const path of ['/', '/assets/main.js', `${WEB_PATHS.download}save_AAAAAAAA`]) {
      const reply = await ask(url, path, { headers: sent });
      expect([path, reply.status]).toEqual([path, 403]);
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    const upload = await ask(url, `${WEB_PATHS.upload}?name=a.png`, { method: 'POST', headers: sent, body: 'x' });
    expect(upload.status).toBe(403);
    for (const path of [WEB_PATHS.engine, WEB_PATHS.shell]) {
      // The library's own Host header cannot be sent twice; origin and cookie are enough to be refused.
      if ('host' in sent) continue;
      expect(await openSocket(url, path, sent)).toBe(403);
    }
  });

  it('refuses a WebSocket and an upload without an origin', async () => {
    expect(await openSocket(url, WEB_PATHS.shell, { cookie: headers.cookie })).toBe(403);
    const upload = await ask(url, WEB_PATHS.upload, { method: 'POST', headers: { cookie: headers.cookie }, body: 'x' });
    expect(upload.status).toBe(403);
  });

  it('refuses a wrong token, also for another host', async () => {
    expect((await ask(url, '/?token=AAAAAAAA')).status).toBe(403);
    expect((await ask(url, '/?token=')).status).toBe(403);
    const rebound = await ask(url, url.pathname + url.search, { headers: { host: 'evil.example' } });
    expect(rebound.status).toBe(403);
    expect(rebound.headers['set-cookie']).toBeUndefined();
  });

  it('knows no other socket address', async () => {
    expect(await openSocket(url, '/rpc/other', headers)).toBe(404);
  });

  it('says in plain words when the port is taken', async () => {
    await expect(startWebShell({ app: fake.app, port: Number(url.port) })).rejects.toThrow(UsageError);
  });
});

describe('pages', () => {
  it('forbid foreign and inline scripts, with a fresh nonce for styles', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const reply = await ask(url, '/', { headers });
      const policy = String(reply.headers['content-security-policy']);
      const directive = (name: string) => policy.split('; ').find((part) => part.startsWith(`${name} `));
      expect(directive('default-src')).toBe("default-src 'none'");
      expect(directive('script-src')).toBe("script-src 'self'");
      expect(policy).not.toMatch(/unsafe/);
      expect(directive('connect-src')).toBe(`connect-src 'self' ws://${url.host}`);
      expect(directive('frame-ancestors')).toBe("frame-ancestors 'none'");
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] as string;
      expect(reply.body.toString()).toContain(`nonce="${nonce}"`);
      nonces.add(nonce);
      expect(reply.headers['x-content-type-options']).toBe('nosniff');
      expect(reply.headers['referrer-policy']).toBe('no-referrer');
      expect(reply.headers['cache-control']).toBe('no-store');
    }
    expect(nonces.size).toBe(3);
  });

  it('are a closed list: no way leads out of their folder', async () => {
    expect((await ask(url, '/assets/main.js', { headers })).body.toString()).toBe('export {};');
    const ways = [
      '/../../secret.txt',
      '/assets/../../../secret.txt',
      '/%2e%2e/%2e%2e/secret.txt',
      '/..%2f..%2fsecret.txt',
      '/..%5c..%5csecret.txt',
      '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt',
      '//etc/passwd',
      '/etc/passwd',
      '/%00',
      '/assets',
      '/assets/',
      'http://127.0.0.1/../secret.txt',
      `${WEB_PATHS.download}../../secret.txt`,
      `${WEB_PATHS.download}%2e%2e%2fsecret.txt`,
    ];
    for (const way of ways) {
      const reply = await ask(url, way, { headers });
      expect([way, reply.status]).toEqual([way, 404]);
      expect(reply.body.toString()).not.toContain('secret');
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('..', '%2e%2e', '.', 'assets', 'secret.txt', '%2f', '\\', '~')),
        async (parts) => {
          const reply = await ask(url, `/${parts.join('/')}`, { headers });
          expect(reply.body.toString()).not.toBe('secret');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('can only be read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect((await ask(url, '/', { method, headers })).status).toBe(405);
    }
    expect((await ask(url, WEB_PATHS.upload, { headers })).status).toBe(405);
    const head = await ask(url, '/', { method: 'HEAD', headers });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });
});

describe('files', () => {
  it('go up, are opened by the engine, and come down when they are written', async () => {
    const studio = await connect();
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
    const studio = await connect();
    expect(await codeOf(studio.shell.files.grantBytes({ name: 'p.png', bytes: new Blob([Buffer.alloc(2000)]) }))).toBe(
      'STUDIO_ERROR',
    );
  });

  it('that the user never gave cannot be read or written', async () => {
    const studio = await connect();
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
    const studio = await connect();
    await studio.shell.recent.clear();
    expect(await studio.shell.recent.list()).toEqual([]);
    await studio.shell.files.grantBytes({ name: 'pasted.png', bytes: new Blob(['abc']) });
    const [entry] = await studio.shell.recent.list();
    expect(entry).toMatchObject({ name: 'pasted.png', exists: true });
    const opened = await studio.shell.recent.open({ id: entry!.id });
    expect(await studio.engine.photo.open({ file: opened.file, thorough: false })).toMatchObject({ width: 3 });
    expect(await codeOf(studio.shell.recent.open({ id: '/etc/passwd' }))).toBe('STUDIO_ERROR');
  });

  it('that are large lie by themselves, are temporary and go when they are released', async () => {
    const studio = await connect();
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
    const studio = await connect();
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
      const studio = await connect();
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

  it('that are large go when no page has been there for a while, and not before', async () => {
    const closed: Promise<void>[] = [];
    for (const client of clients.splice(0)) {
      closed.push(new Promise((resolve) => client.shellSocket.once('close', () => resolve())));
      client.shellSocket.close();
      client.engineSocket.close();
    }
    await Promise.all(closed);
    const studio = await connect();
    const clip = await upload({ name: 'clip.mp4', kind: 'video' }, 'a clip');
    // A page that is loaded again is back at once.
    studio.shellSocket.close();
    const again = await connect();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await uploaded()).toEqual(['clip.mp4']);
    again.shellSocket.close();
    await expect.poll(() => uploaded()).toEqual([]);
    const later = await connect();
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
    const root = path.join(fake.app.root, 'uploads');
    const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).slice(2).join('/'))
      .toSorted();
  }

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

describe('junk', () => {
  for (const call of callsOf(shellContract)) {
    it(`is refused by ${call.name}`, async () => {
      const studio = await connect();
      await fc.assert(
        fc.asyncProperty(junk, async (input) => {
          fc.pre(!(await call.accepts(JSON.parse(JSON.stringify(input ?? null)))));
          expect(await codeOf(callWith(studio.shell, call.path, input))).toBe('BAD_REQUEST');
        }),
        { numRuns: 40 },
      );
      studio.shellSocket.close();
      studio.engineSocket.close();
    });
  }

  it('on the sockets ends neither the shell nor the engine', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const studio = await connect();
    for (const socket of [studio.shellSocket, studio.engineSocket]) {
      for (const frame of ['', '{', '[]', 'null', '{"i":1}', '{"i":"x","t":9,"p":null}', Buffer.from([255, 0, 255])]) {
        socket.send(frame);
      }
    }
    expect((await studio.shell.info()).fallbackReason).toBe('for a test');
    expect(await studio.engine.samples.list()).toEqual([]);
    expect((await firstStatus(studio)).generation).toBe(1);
    log.mockRestore();
  });
});

describe('the engine', () => {
  it('that is killed at work comes back, with the same handles', async () => {
    const studio = await connect();
    const granted = await studio.shell.files.grantBytes({ name: 'kept.png', bytes: new Blob(['kept']) });
    const statuses: { state: string; generation: number; reason?: string | undefined }[] = [];
    const watching = (async () => {
      for await (const status of await studio.shell.engineStatus()) {
        statuses.push(status);
        if (status.generation > 1 && status.state === 'ready') return;
      }
    })();
    await expect.poll(() => statuses.length).toBe(1);
    const lost = new Promise<number>((resolve) => studio.engineSocket.on('close', (code) => resolve(code)));
    const stream = await studio.engine.swap.run(swap);
    await stream.next();
    const rest = (async () => {
      for await (const _ of stream);
    })();
    const cutOff = expect(rest).rejects.toThrow();
    process.kill(enginePid, 'SIGKILL');
    await cutOff;
    expect(await lost).toBe(ENGINE_LOST_CODE);

    const again = await connect();
    expect(await again.engine.photo.open({ file: granted.file, thorough: false })).toMatchObject({ width: 4 });
    await watching;
    expect(statuses.some(({ state, reason }) => state === 'restarting' && /memory/.test(reason ?? ''))).toBe(true);
    expect(statuses.at(-1)).toMatchObject({ state: 'ready', generation: 2 });
    const kinds = [];
    for await (const event of await again.engine.swap.run(swap)) kinds.push(event.type);
    expect(kinds.at(-1)).toBe('done');
  });

  it('ends at once when the user says so', async () => {
    const studio = await connect();
    const before = await firstStatus(studio);
    const stream = await studio.engine.swap.run(swap);
    await stream.next();
    const cutOff = expect(stream.next().then(() => stream.next())).rejects.toThrow();
    const after = await studio.shell.restartEngine();
    expect(after).toEqual({ state: 'ready', generation: before.generation + 1, reason: 'You stopped the engine.' });
    await cutOff;
  });
});

describe('the end', () => {
  it('leaves no process and no file', async () => {
    const other = await startWebShell({ app: fake.app });
    const otherUrl = new URL(other.url);
    const studio = await connectStudio(otherUrl, await enter(otherUrl));
    const before = new Set(await temporaries());
    await studio.shell.files.grantBytes({ name: 'x.png', bytes: new Blob(['x']) });
    await studio.engine.samples.list();
    await other.close();
    const gone = [...before].filter((name) => !existsSync(path.join(os.tmpdir(), name)));
    expect(gone.length).toBe(1);
    await expect(ask(otherUrl, '/')).rejects.toThrow();
  });

  const temporaries = async () =>
    (await readdir(os.tmpdir())).filter((name) => name.startsWith(`e4s-studio-${process.pid}-`));
});

async function firstStatus(studio: Awaited<ReturnType<typeof connectStudio>>) {
  for await (const status of await studio.shell.engineStatus()) return status;
  throw new Error('no status');
}

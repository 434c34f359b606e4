import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { startWebShell } from '#main/shells/web.ts';
import { WEB_PATHS } from '#shared/bridge.ts';
import { ask, connectStudio, enter, openSocket } from '../support/web-client.ts';
import { startWebWorld, type WebWorld } from '../support/web-world.ts';

let world: WebWorld;
let url: URL;
let headers: WebWorld['headers'];
beforeAll(async () => {
  world = await startWebWorld();
  ({ url, headers } = world);
});
afterAll(() => world?.stop());

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
    await expect(startWebShell({ app: world.fake.app, port: Number(url.port) })).rejects.toThrow(UsageError);
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

describe('a connection that goes wrong', () => {
  const crashes: unknown[] = [];
  const onCrash = (error: unknown): void => void crashes.push(error);
  beforeAll(() => void process.on('uncaughtException', onCrash));
  afterAll(() => void process.off('uncaughtException', onCrash));

  /** Asks for a WebSocket by hand; resolves to the connection, still open on this side, and the first line back. */
  async function upgrade(path: string): Promise<[socket: Socket, answer: string]> {
    const socket = createConnection({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
    const lines = {
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      Cookie: headers.cookie,
      Origin: headers.origin,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${path} HTTP/1.1\r\n${head.join('')}\r\n`);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return [socket, bytes.toString('latin1').split('\r\n')[0] as string];
  }

  it('is its own end alone: one that is refused and broken off', async () => {
    const [socket, answer] = await upgrade('/rpc/other');
    expect(answer).toBe('HTTP/1.1 404 Not Found');
    socket.resetAndDestroy();
    expect((await ask(url, '/', { headers })).status).toBe(200);
    expect(crashes).toEqual([]);
  });

  it.each([WEB_PATHS.shell, WEB_PATHS.engine])('is its own end alone: frames at %s that are none', async (path) => {
    const [socket, answer] = await upgrade(path);
    expect(answer).toBe('HTTP/1.1 101 Switching Protocols');
    const closed = once(socket, 'end');
    socket.resume().write(Buffer.alloc(64, 0xff));
    await closed;
    socket.destroy();
    expect((await ask(url, '/', { headers })).status).toBe(200);
    expect(crashes).toEqual([]);
  });
});

describe('the end', () => {
  it('leaves no process and no file', async () => {
    const other = await startWebShell({ app: world.fake.app });
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

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type EngineContract,
  fileHandleSchema,
  type GrantedFile,
  photoIdSchema,
  resultIdSchema,
  type ShellContract,
  saveHandleSchema,
  shellContract,
} from '#shared/contract.ts';
import { DESKTOP_CHANNELS } from '#shared/desktop-channels.ts';
import { DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { electronState, FakeContents, FakeWindow, fakeElectron, type PostedPort } from '../support/fake-electron.ts';
import { createFakeStudio, type FakeStudio, fakeServices } from '../support/fake-studio.ts';
import { callsOf, callWith, codeOf, junk } from '../support/junk.ts';

vi.mock('electron', () => fakeElectron());

const appRoot = vi.hoisted(() => ({ renderer: '' }));
vi.mock('#engine/files/app-root.ts', () => ({
  findAppRoot: () => ({
    root: '/app',
    version: '1.2.3',
    models: '/app/models',
    renderer: appRoot.renderer,
    engineEntry: '/app/dist/main/engine.js',
    preload: '/app/dist/preload/index.cjs',
  }),
}));

/** A busy machine may take more than the second that is usual. */
const PATIENCE = { timeout: 30_000 };

let folder: string;
let window: FakeWindow;
let studio: FakeStudio;
let engine: ContractRouterClient<EngineContract>;
let shell: ContractRouterClient<ShellContract>;
const studioFrame = { url: 'e4s://studio/', parent: null };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-desktop-'));
  vi.stubEnv('E4S_HOME', path.join(folder, 'home'));
  appRoot.renderer = path.join(folder, 'renderer');
  await mkdir(appRoot.renderer);
  await writeFile(path.join(appRoot.renderer, 'index.html'), '<!doctype html><meta nonce="__E4S_NONCE__">');
  electronState.openServices = async () => {
    studio = createFakeStudio(20);
    return fakeServices(studio);
  };
  await import('#main/shells/desktop.ts');
  await vi.waitFor(() => expect(FakeWindow.all[0]?.loaded).toBeDefined(), PATIENCE);
  window = FakeWindow.all[0] as FakeWindow;
  ({ shell, engine } = await connect(window.webContents));
});
afterAll(async () => {
  electronState.app.emit('before-quit', { preventDefault: () => undefined });
  await vi.waitFor(() => expect(electronState.app.exit).toHaveBeenCalledOnce(), PATIENCE);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function clientOf<Contract extends AnyContractRouter>({ port }: PostedPort): ContractRouterClient<Contract> {
  const client = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port: port as never }));
  port.start();
  return client;
}

async function connect(contents: FakeContents) {
  const from = contents.posted.length;
  electronState.ipcMain.emit(DESKTOP_CHANNELS.connect, { sender: contents, senderFrame: studioFrame });
  const fresh = (link: 'engine' | 'shell') => contents.posted.slice(from).find(({ message }) => message.link === link);
  await vi.waitFor(() => expect(fresh('engine')).toBeDefined(), PATIENCE);
  return { shell: clientOf<ShellContract>(fresh('shell')!), engine: clientOf<EngineContract>(fresh('engine')!) };
}

const dropFrom = (frame: unknown, file: unknown, kind: unknown = 'picture') =>
  electronState.ipcHandlers.get(DESKTOP_CHANNELS.grantDropped)!(
    { senderFrame: frame },
    file,
    kind,
  ) as Promise<GrantedFile>;

const photo = photoIdSchema.parse('photo_00000000');
const swap = {
  target: photo,
  assignments: [{ targetFace: 0, source: photo, sourceFace: 0 }],
  settings: DEFAULT_SWAP_SETTINGS,
};
const result = resultIdSchema.parse('result_00000001');

describe('the window', () => {
  it('opens the studio in a sandbox', () => {
    expect(window.loaded).toBe('e4s://studio/');
    expect(window.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: false,
    });
    expect(electronState.app.enableSandbox).toHaveBeenCalled();
    expect(electronState.schemes).toEqual([
      {
        scheme: 'e4s',
        privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true },
      },
    ]);
  });

  it('goes nowhere else', () => {
    const denied = (event: string, url: string) => {
      const preventDefault = vi.fn();
      window.webContents.emit(event, { url, preventDefault });
      return preventDefault.mock.calls.length === 1;
    };
    for (const url of [
      'https://example.org/',
      'file:///etc/passwd',
      'e4s://other/',
      'javascript:alert(1)',
      'about:blank',
    ]) {
      expect([url, denied('will-navigate', url)]).toEqual([url, true]);
      expect(window.webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(denied('will-navigate', 'e4s://studio/')).toBe(false);
    expect(denied('will-attach-webview', '')).toBe(true);
  });

  it('gets no permission and no request leaves the machine', () => {
    const { session } = electronState;
    const decide = vi.fn();
    (session['permissionRequest'] as (...args: unknown[]) => void)(null, 'media', decide);
    expect(decide).toHaveBeenCalledWith(false);
    expect((session['permissionCheck'] as () => boolean)()).toBe(false);
    expect((session['devicePermission'] as () => boolean)()).toBe(false);
    const cancelled = (url: string): boolean => {
      let answer = false;
      (session['beforeRequest'] as (details: { url: string }, decide: (a: { cancel: boolean }) => void) => void)(
        { url },
        ({ cancel }) => {
          answer = cancel;
        },
      );
      return answer;
    };
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://example.org/',
      'file:///etc/passwd',
      'ftp://x/',
    ]) {
      expect([url, cancelled(url)]).toEqual([url, true]);
    }
    for (const url of ['e4s://studio/', 'blob:e4s://studio/1', 'data:,x']) expect(cancelled(url)).toBe(false);
  });

  it('is served from a closed list, under the content security policy', async () => {
    const answer = electronState.protocolHandlers.get('e4s')!;
    const page = await answer(new Request('e4s://studio/'));
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') as string;
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain('unsafe');
    for (const url of [
      'e4s://other/',
      'e4s://studio/../../etc/passwd',
      'e4s://studio/%2e%2e%2fsecret',
      'e4s://studio/x',
    ]) {
      expect([url, (await answer(new Request(url))).status]).toEqual([url, 404]);
    }
    expect((await answer(new Request('e4s://studio/', { method: 'POST' }))).status).toBe(405);
  });
});

describe('ports', () => {
  it('are refused to every frame but the studio itself', async () => {
    const frames = [
      null,
      { url: 'https://example.org/', parent: null },
      { url: 'e4s://other/', parent: null },
      { url: 'file:///tmp/x.html', parent: null },
      { url: 'e4s://studio/', parent: studioFrame },
    ];
    for (const senderFrame of frames) {
      const contents = new FakeContents();
      electronState.ipcMain.emit(DESKTOP_CHANNELS.connect, { sender: contents, senderFrame });
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(contents.posted).toEqual([]);
      expect(() => dropFrom(senderFrame, '/etc/passwd')).toThrow();
    }
  });

  it('survive junk', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (const { port } of window.webContents.posted) {
      for (const frame of ['{', 'null', 7, null, { i: 1 }, [1], new Uint8Array([255, 1]), new ArrayBuffer(3)]) {
        port.postMessage(frame);
      }
    }
    expect((await shell.info()).kind).toBe('desktop');
    expect(await engine.samples.list()).toEqual([]);
    log.mockRestore();
  });

  for (const call of callsOf(shellContract)) {
    it(`carry no junk to ${call.name}`, async () => {
      await fc.assert(
        fc.asyncProperty(junk, async (input) => {
          fc.pre(!(await call.accepts(JSON.parse(JSON.stringify(input ?? null)))));
          expect(await codeOf(callWith(shell, call.path, input))).toBe('BAD_REQUEST');
        }),
        { numRuns: 30 },
      );
    });
  }
});

describe('files', () => {
  it('from the open dialog are granted and recent', async () => {
    const file = path.join(folder, 'chosen.png');
    await writeFile(file, 'abc');
    electronState.chosenFiles = [file];
    const [granted] = (await shell.files.openDialog({ kind: 'picture', multiple: false })) ?? [];
    expect(await engine.photo.open({ file: granted!.file, thorough: false })).toMatchObject({
      name: 'chosen.png',
      width: 3,
    });
    const [recent] = await shell.recent.list();
    expect(recent).toMatchObject({ name: 'chosen.png', exists: true });
    expect((await readFile(path.join(folder, 'home', 'recent.json'), 'utf8')).includes(file)).toBe(true);
    electronState.chosenFiles = [];
    expect(await shell.files.openDialog({ kind: 'picture', multiple: false })).toBeNull();
  });

  it('that were dropped are granted, if they are files', async () => {
    const file = path.join(folder, 'dropped.png');
    await writeFile(file, 'abcd');
    const granted = await dropFrom(studioFrame, file);
    expect(await engine.photo.open({ file: granted.file, thorough: false })).toMatchObject({ width: 4 });
    for (const odd of [folder, path.join(folder, 'missing.png'), 'relative.png', '', 7, null, { path: file }]) {
      await expect(dropFrom(studioFrame, odd)).rejects.toThrow();
    }
  });

  it('and folders are chosen for what they are for; only pictures are remembered', async () => {
    const video = path.join(folder, 'clip.mp4');
    await writeFile(video, 'abcdef');
    const before = await shell.recent.list();
    electronState.chosenFiles = [folder];
    const [chosen] = (await shell.files.openDialog({ kind: 'folder', multiple: false })) ?? [];
    expect(chosen?.name).toBe(path.basename(folder));
    expect(electronState.openOptions).toMatchObject({ properties: ['openDirectory'], filters: [] });
    electronState.chosenFiles = [video];
    await shell.files.openDialog({ kind: 'video', multiple: true });
    expect(electronState.openOptions?.properties).toEqual(['openFile', 'multiSelections']);
    expect(electronState.openOptions?.filters?.[0]).toMatchObject({ name: 'Videos' });
    expect(electronState.openOptions?.filters?.[0]?.extensions).toContain('mp4');
    const [weights] = (await shell.files.openDialog({ kind: 'weights', multiple: false })) ?? [];
    expect(electronState.openOptions?.filters?.[0]?.extensions).toContain('pth');
    expect((await dropFrom(studioFrame, folder, 'folder')).name).toBe(path.basename(folder));
    expect((await dropFrom(studioFrame, video, 'video')).name).toBe('clip.mp4');
    await expect(dropFrom(studioFrame, video, 'folder')).rejects.toThrow(/not a folder/);
    for (const odd of ['other', '', null, 7]) await expect(dropFrom(studioFrame, video, odd)).rejects.toThrow();
    electronState.chosenFiles = [];
    expect(await shell.recent.list()).toEqual(before);
    expect(await shell.files.newFolder({ name: 'pretrained' })).toBeNull();
    expect(await shell.files.release({ file: weights!.file })).toEqual({ released: true });
    expect(await shell.files.release({ file: weights!.file })).toEqual({ released: false });
    expect(await codeOf(engine.photo.open({ file: weights!.file, thorough: false }))).toBe('STUDIO_ERROR');
    // What the user chose is the user's own: giving the handle back deletes nothing.
    expect(await readFile(video, 'utf8')).toBe('abcdef');
  });

  it('that were pasted are granted from a private place', async () => {
    const granted = await shell.files.grantBytes({ name: '../../pasted.png', bytes: new Blob(['abcde']) });
    expect(granted.name).toBe('pasted.png');
    expect(await engine.photo.open({ file: granted.file, thorough: false })).toMatchObject({ width: 5 });
    expect(studio.opened.at(-1)).toContain(os.tmpdir());
  });

  it('that no dialog granted are neither read nor written', async () => {
    const opened = studio.opened.length;
    const before = await readdir(folder);
    const file = fileHandleSchema.parse('file_AAAAAAAAAAAAAAAAAAAAAAAA');
    expect(await codeOf(engine.photo.open({ file, thorough: false }))).toBe('STUDIO_ERROR');
    for (const path of ['/etc/passwd', 'file:///etc/passwd', `file_${folder}/chosen.png`]) {
      expect(await codeOf(callWith(engine, ['photo', 'open'], { file: path, thorough: false }))).toBe('BAD_REQUEST');
    }
    expect(await codeOf(callWith(engine, ['models', 'import'], { from: file, replace: false }))).toBe('STUDIO_ERROR');
    for (const from of ['/etc', `file_${folder}`]) {
      expect(await codeOf(callWith(engine, ['models', 'import'], { from, replace: false }))).toBe('BAD_REQUEST');
    }
    const to = saveHandleSchema.parse('save_AAAAAAAAAAAAAAAAAAAAAAAA');
    expect(await codeOf(engine.swap.export({ result, to, settings: DEFAULT_EXPORT_SETTINGS }))).toBe('STUDIO_ERROR');
    expect(await codeOf(shell.recent.open({ id: '/etc/passwd' }))).toBe('STUDIO_ERROR');
    expect(await shell.files.reveal({ saved: to })).toEqual({ shown: false });
    expect(studio.opened.length).toBe(opened);
    expect(await readdir(folder)).toEqual(before);
  });

  it('are saved where the dialog said, and shown only once they are written', async () => {
    electronState.savePath = undefined;
    expect(await shell.files.saveDialog({ name: 'x.png', format: 'png' })).toBeNull();
    electronState.savePath = path.join(folder, 'saved');
    const slot = await shell.files.saveDialog({ name: 'x.png', format: 'png' });
    expect(slot).toMatchObject({ name: 'saved.png' });
    expect(slot).not.toHaveProperty('download');
    expect(await shell.files.reveal({ saved: slot!.to })).toEqual({ shown: false });
    await engine.swap.export({ result, to: slot!.to, settings: DEFAULT_EXPORT_SETTINGS });
    expect(await readFile(path.join(folder, 'saved.png'), 'utf8')).toBe('the whole result');
    expect(await shell.files.reveal({ saved: slot!.to })).toEqual({ shown: true });
    expect(electronState.shown).toEqual([path.join(folder, 'saved.png')]);
  });
});

describe('the engine', () => {
  it('that ends at work comes back with a new port, and handles stay good', async () => {
    const granted = await dropFrom(studioFrame, path.join(folder, 'dropped.png'));
    const stream = await engine.swap.run(swap);
    await stream.next();
    const ports = window.webContents.posted.length;
    electronState.engines.at(-1)!.end(139);
    await expect.poll(() => window.webContents.posted.length).toBe(ports + 1);
    const { message } = window.webContents.posted.at(-1)!;
    expect(message).toEqual({ type: 'e4s:port', link: 'engine', generation: 2 });
    const again = clientOf<EngineContract>(window.webContents.posted.at(-1)!);
    expect(await again.photo.open({ file: granted.file, thorough: false })).toMatchObject({ width: 4 });
    const kinds = [];
    for await (const event of await again.swap.run(swap)) kinds.push(event.type);
    expect(kinds.at(-1)).toBe('done');
    for await (const status of await shell.engineStatus()) {
      expect(status).toMatchObject({ state: 'ready', generation: 2, reason: expect.stringMatching(/exit code 139/) });
      break;
    }
  });

  it('is replaced when the user stops it', async () => {
    expect(await shell.restartEngine()).toEqual({ state: 'ready', generation: 3, reason: 'You stopped the engine.' });
    await expect.poll(() => window.webContents.posted.at(-1)?.message.generation).toBe(3);
  });

  it('is handed anew to a page that was loaded again', async () => {
    const fresh = await connect(window.webContents);
    expect(await fresh.engine.samples.list()).toEqual([]);
    expect((await fresh.shell.info()).version).toBe('1.2.3');
  });
});

import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StudioBridge } from '#shared/bridge.ts';
import { DESKTOP_CHANNELS } from '#shared/desktop-channels.ts';

const fake = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  sent: [] as unknown[][],
  invoked: [] as unknown[][],
  listeners: new Map<string, (event: unknown, message: unknown) => void>(),
  paths: new Map<unknown, string>(),
}));

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => fake.exposed.set(name, value) },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown, message: unknown) => void) =>
      fake.listeners.set(channel, listener),
    send: (...args: unknown[]) => fake.sent.push(args),
    invoke: async (...args: unknown[]) => {
      fake.invoked.push(args);
      return { file: 'file_AAAAAAAA', name: 'a.png' };
    },
  },
  webUtils: { getPathForFile: (file: unknown) => fake.paths.get(file) ?? '' },
}));

const page = Object.assign(new EventEmitter(), {
  location: { origin: 'e4s://studio' },
  postMessage: vi.fn(),
});
vi.stubGlobal('window', page);
await import('../../src/preload/index.ts');
const bridge = fake.exposed.get('e4s') as StudioBridge;

beforeEach(() => {
  fake.sent.length = 0;
  fake.invoked.length = 0;
  page.postMessage.mockClear();
});

describe('the bridge', () => {
  it('is one object with three members and nothing of Electron', () => {
    expect([...fake.exposed.keys()]).toEqual(['e4s']);
    expect(Object.keys(bridge).sort()).toEqual(['connect', 'grantDropped', 'kind']);
    expect(bridge.kind).toBe('desktop');
  });

  it('asks for ports without saying anything else', () => {
    (bridge.connect as (...args: unknown[]) => void)('some', { other: 'channel' });
    expect(fake.sent).toEqual([[DESKTOP_CHANNELS.connect]]);
  });

  it('grants files that have a path, and asks nothing for others', async () => {
    const file = new File(['x'], 'a.png');
    await expect(bridge.grantDropped(file, 'picture')).rejects.toThrow(/no file/);
    expect(fake.invoked).toEqual([]);
    fake.paths.set(file, '/pictures/a.png');
    expect(await bridge.grantDropped(file, 'video')).toEqual({ file: 'file_AAAAAAAA', name: 'a.png' });
    expect(fake.invoked).toEqual([[DESKTOP_CHANNELS.grantDropped, '/pictures/a.png', 'video']]);
  });

  it('passes ports on to its own page only', () => {
    const deliver = fake.listeners.get(DESKTOP_CHANNELS.port)!;
    const message = { type: 'e4s:port', link: 'engine', generation: 2 };
    deliver({ ports: ['port'] }, message);
    expect(page.postMessage).toHaveBeenCalledWith(message, 'e4s://studio', ['port']);
    page.postMessage.mockClear();
    for (const odd of [null, 'x', { type: 'other' }, { type: 'e4s:port', link: 'file', generation: 1 }]) {
      deliver({ ports: ['port'] }, odd);
    }
    expect(page.postMessage).not.toHaveBeenCalled();
  });
});

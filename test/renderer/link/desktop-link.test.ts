import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { PORT_MESSAGE, type StudioBridge } from '#shared/bridge.ts';
import { engineContract, fileHandleSchema, type GrantedFile, shellContract } from '#shared/contract.ts';
import { DEFAULT_APP_SETTINGS } from '#shared/settings.ts';
import { desktopLink } from '../../../src/renderer/link/desktop-link.ts';
import { reportOf } from '../../../src/renderer/link/report.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** The other side of a port: a shell that says what it was given, or an engine that answers or hangs. */
function serve(link: 'shell' | 'engine', answers: boolean): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const shell = implement(shellContract);
  const engine = implement(engineContract);
  const router =
    link === 'shell'
      ? {
          files: {
            grantBytes: shell.files.grantBytes.handler(({ input }) => granted(`bytes of ${input.name}`)),
          },
        }
      : {
          settings: {
            get: engine.settings.get.handler(() =>
              answers ? { ...DEFAULT_APP_SETTINGS, theme: 'dark' as const } : new Promise<never>(() => undefined),
            ),
          },
        };
  new RPCHandler(router).upgrade(port1);
  port1.start();
  return port2;
}

const granted = (name: string): GrantedFile => ({ file: fileHandleSchema.parse('file_00000000'), name });

/** A page whose shell hands out ports. */
class FakePage extends EventTarget {
  hand(link: 'shell' | 'engine', generation: number, answers = true, source: unknown = this): void {
    const event = new MessageEvent('message', {
      data: { type: PORT_MESSAGE, link, generation },
      ports: [serve(link, answers)],
    });
    Object.defineProperty(event, 'source', { value: source });
    this.dispatchEvent(event);
  }
}

function bridgeOf(hand: () => void, hasFile = true): StudioBridge {
  return {
    kind: 'desktop',
    connect: () => queueMicrotask(hand),
    grantDropped: (file) => (hasFile ? Promise.resolve(granted(file.name)) : Promise.reject(new Error('no path'))),
  };
}

const asWindow = (page: FakePage): Window => page as unknown as Window;

describe('the desktop link', () => {
  it('calls the engine over the port that the shell handed over', async () => {
    const page = new FakePage();
    const bridge = bridgeOf(() => {
      page.hand('shell', 0);
      page.hand('engine', 1);
    });
    const link = await desktopLink(bridge, asWindow(page));
    expect((await link.engine().settings.get()).theme).toBe('dark');
  });

  it('ends calls to an engine that was replaced, and uses the new one', async () => {
    const page = new FakePage();
    const bridge = bridgeOf(() => {
      page.hand('shell', 0);
      page.hand('engine', 1, false);
    });
    const link = await desktopLink(bridge, asWindow(page));
    const waiting = link.engine().settings.get();
    // The call has to be on its way before the engine goes.
    await new Promise((resolve) => setTimeout(resolve, 20));
    page.hand('engine', 2);
    const error: unknown = await waiting.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(reportOf(error).kind).toBe('engine-lost');
    expect((await link.engine().settings.get()).theme).toBe('dark');
  });

  it('takes no port from another window and none of an older engine', async () => {
    const page = new FakePage();
    const bridge = bridgeOf(() => {
      page.hand('engine', 9, false, {});
      page.hand('shell', 0);
      page.hand('engine', 3);
      page.hand('engine', 2, false);
    });
    const link = await desktopLink(bridge, asWindow(page));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await link.engine().settings.get()).theme).toBe('dark');
  });

  it('grants a file by its path, and a pasted picture by its bytes', async () => {
    for (const [hasFile, name] of [
      [true, 'a.png'],
      [false, 'bytes of a.png'],
    ] as const) {
      const page = new FakePage();
      const bridge = bridgeOf(() => {
        page.hand('shell', 0);
        page.hand('engine', 1);
      }, hasFile);
      const link = await desktopLink(bridge, asWindow(page));
      expect((await link.grant(new File(['x'], 'a.png'))).name).toBe(name);
    }
  });
});

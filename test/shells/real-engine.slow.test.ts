import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE_LOST_CODE } from '#shared/bridge.ts';
import type { EngineStatus, PhotoInfo, SwapEvent, SwapRequest } from '#shared/contract.ts';
import { DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { engineOf } from '../support/kill-processes.ts';
import { type StudioProcess, startStudio } from '../support/studio-process.ts';
import { ask, connectStudio, enter, type WebStudio } from '../support/web-client.ts';

let studio: StudioProcess;
let url: URL;
let headers: { cookie: string; origin: string };

beforeAll(async () => {
  studio = await startStudio();
  url = new URL(studio.url);
  headers = await enter(url);
});
afterAll(() => studio?.stop());

async function openSamples({ engine }: WebStudio): Promise<[PhotoInfo, PhotoInfo]> {
  const [first, second] = await engine.samples.list();
  const open = (file: (typeof first & object)['file']) => engine.photo.open({ file, thorough: false });
  return [await open(first!.file), await open(second!.file)];
}

const requestOf = ([source, target]: [PhotoInfo, PhotoInfo], amount = DEFAULT_SWAP_SETTINGS.amount): SwapRequest => ({
  target: target.photo,
  assignments: [{ targetFace: 0, source: source.photo, sourceFace: 0 }],
  settings: { ...DEFAULT_SWAP_SETTINGS, amount },
});

async function eventsOf(stream: AsyncIterable<SwapEvent>): Promise<SwapEvent[]> {
  const events: SwapEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe.skipIf(process.platform !== 'linux')('the real engine', () => {
  it('stops a swap at its next step, and runs the next one', async () => {
    const window = await connectStudio(url, headers);
    const request = requestOf(await openSamples(window));
    for await (const event of await window.engine.swap.run(request)) {
      expect(event.type).toBe('progress');
      break;
    }
    expect((await eventsOf(await window.engine.swap.run(request))).at(-1)?.type).toBe('done');
  });

  it('that is killed at work comes back, and a file that was opened opens again', async () => {
    const window = await connectStudio(url, headers);
    const [source, target] = await openSamples(window);
    const view = await window.engine.photo.view({ photo: source.photo, maxSide: 256 });
    const kept = await window.shell.files.grantBytes({ name: 'kept.jpg', bytes: view });
    const statuses: EngineStatus[] = [];
    const watched = (async () => {
      for await (const status of await window.shell.engineStatus()) {
        statuses.push(status);
        if (status.generation === 2 && status.state === 'ready') return;
      }
    })();
    const lost = new Promise<number>((resolve) => window.engineSocket.on('close', (code) => resolve(code)));
    const engine = await engineOf(studio.shell.pid);
    // One after the other: however late the kill comes, the last of them is not done.
    const amounts = [1, 0.9, 0.8, 0.7, 0.6];
    const streams = await Promise.all(
      amounts.map((amount) => window.engine.swap.run(requestOf([source, target], amount))),
    );
    await streams[0]?.next();
    const cutOff = Promise.allSettled(streams.map(eventsOf));
    process.kill(engine, 'SIGKILL');
    expect((await cutOff).at(-1)?.status).toBe('rejected');
    expect(await lost).toBe(ENGINE_LOST_CODE);
    await watched;
    expect(statuses.find(({ state }) => state === 'restarting')?.reason).toMatch(/ended from outside/);

    const again = await connectStudio(url, headers);
    const reopened = await again.engine.photo.open({ file: kept.file, thorough: false });
    expect(reopened.faces.length).toBe(1);
    const [, fresh] = await openSamples(again);
    const done = (await eventsOf(await again.engine.swap.run(requestOf([reopened, fresh])))).at(-1);
    if (done?.type !== 'done') throw new Error('the swap did not end');
    const slot = await again.shell.files.saveDialog({ name: 'result', format: 'png' });
    await again.engine.swap.export({ result: done.result.result, to: slot!.to, settings: DEFAULT_EXPORT_SETTINGS });
    const file = await ask(url, slot!.download!, { headers });
    expect(file.body.subarray(1, 4).toString()).toBe('PNG');
  });

  it('does not outlive a shell that is killed', async () => {
    const other = await startStudio();
    const otherUrl = new URL(other.url);
    const { engine } = await connectStudio(otherUrl, await enter(otherUrl));
    await engine.samples.list();
    const pid = await engineOf(other.shell.pid);
    other.shell.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    await other.stop();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What pages send to the engine behind the shell, and what becomes of them when it ends. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ENGINE_LOST_CODE } from '#shared/bridge.ts';
import { shellContract } from '#shared/contract.ts';
import { callsOf, callWith, codeOf, junk } from '../support/junk.ts';
import { ANY_SWAP, firstStatus, HELD_SWAP, startWebWorld, type WebWorld } from '../support/web-world.ts';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world?.stop());

describe('junk', () => {
  for (const call of callsOf(shellContract)) {
    it(`is refused by ${call.name}`, async () => {
      const studio = await world.connect();
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
    const studio = await world.connect();
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
    const studio = await world.connect();
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
    const stream = await studio.engine.swap.run(HELD_SWAP);
    await stream.next();
    const rest = (async () => {
      for await (const _ of stream);
    })();
    const cutOff = expect(rest).rejects.toThrow();
    process.kill(world.enginePid(), 'SIGKILL');
    await cutOff;
    expect(await lost).toBe(ENGINE_LOST_CODE);

    const again = await world.connect();
    expect(await again.engine.photo.open({ file: granted.file, thorough: false })).toMatchObject({ width: 4 });
    await watching;
    expect(statuses.some(({ state, reason }) => state === 'restarting' && /memory/.test(reason ?? ''))).toBe(true);
    expect(statuses.at(-1)).toMatchObject({ state: 'ready', generation: 2 });
    const kinds = [];
    for await (const event of await again.engine.swap.run(ANY_SWAP)) kinds.push(event.type);
    expect(kinds.at(-1)).toBe('done');
  });

  it('ends at once when the user says so', async () => {
    const studio = await world.connect();
    const before = await firstStatus(studio);
    const stream = await studio.engine.swap.run(HELD_SWAP);
    await stream.next();
    const cutOff = expect(stream.next()).rejects.toThrow();
    const after = await studio.shell.restartEngine();
    expect(after).toEqual({ state: 'ready', generation: before.generation + 1, reason: 'You stopped the engine.' });
    await cutOff;
  });
});

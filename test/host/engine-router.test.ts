import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ORPCError } from '@orpc/client';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { StorageError } from '#engine/errors.ts';
import type { AskShell } from '#engine/host/control-client.ts';
import { createEngineServer } from '#engine/host/engine-server.ts';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import {
  type EngineContract,
  engineContract,
  fileHandleSchema,
  type PhotoId,
  photoIdSchema,
  resultIdSchema,
  type SwapRequest,
  saveHandleSchema,
} from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { APP_SETTINGS_VERSION, DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import { createFakeStudio, fakeServices } from '../support/fake-studio.ts';
import { callsOf, callWith, codeOf, junk } from '../support/junk.ts';
import { linkChannels } from '../support/linked-channels.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-host-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function openEngine({ stepMs = 1, sample = '' } = {}) {
  const studio = createFakeStudio(stepMs);
  const grants = createGrantTable();
  const samples =
    sample === ''
      ? []
      : [{ id: 'one', title: 'One', file: fileHandleSchema.parse('file_sample-one'), path: sample, name: 'one.webp' }];
  const answer = answerEngine(grants, createMediaTable());
  const ask: AskShell = async (question, asked) => answer(question, asked);
  const server = createEngineServer({ ...fakeServices(studio), samples, ask }, { graceMs: 1000 });
  const connect = () => {
    const link = linkChannels<EngineContract>();
    server.serve(link.channel);
    return link;
  };
  return { studio, grants, connect, ...connect() };
}

const request: SwapRequest = {
  target: photoIdSchema.parse('photo_00000000'),
  assignments: [{ targetFace: 0, source: photoIdSchema.parse('photo_00000000'), sourceFace: 0 }],
  settings: DEFAULT_SWAP_SETTINGS,
};
const someResult = resultIdSchema.parse('result_00000001');

async function reportOf(work: Promise<unknown>): Promise<ErrorReport> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'STUDIO_ERROR') return error.data as ErrorReport;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('junk', () => {
  for (const call of callsOf(engineContract)) {
    it(`is refused by ${call.name}`, async () => {
      const { client, studio, close } = openEngine();
      await fc.assert(
        fc.asyncProperty(junk, async (input) => {
          fc.pre(!(await call.accepts(JSON.parse(JSON.stringify(input ?? null)))));
          expect(await codeOf(callWith(client, call.path, input))).toBe('BAD_REQUEST');
        }),
        { numRuns: 60 },
      );
      expect(studio.opened).toEqual([]);
      close();
    });
  }

  it('on the wire neither ends the engine nor the connection', async () => {
    const { client, sendRaw, close } = openEngine();
    // Every dropped frame is logged.
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => new Uint8Array(bytes)),
      fc
        .record({ i: fc.oneof(fc.string(), fc.integer()), t: fc.integer(), p: fc.jsonValue() })
        .map((m) => JSON.stringify(m)),
    );
    await fc.assert(
      fc.asyncProperty(frames, async (frame) => sendRaw(frame)),
      { numRuns: 200 },
    );
    expect(await client.samples.list()).toEqual([]);
    log.mockRestore();
    close();
  });

  it('as a procedure name reaches nothing', async () => {
    const { client, close } = openEngine();
    for (const name of [['nothing'], ['photo', 'constructor'], ['photo', '__proto__', 'open'], ['photo']]) {
      expect(await codeOf(callWith(client, name, undefined))).toBe('NOT_FOUND');
    }
    close();
  });
});

describe('handles', () => {
  it('that nobody granted open nothing', async () => {
    const { client, studio, close } = openEngine();
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/), async (random) => {
        const file = fileHandleSchema.parse(`file_${random}`);
        expect((await reportOf(client.photo.open({ file, thorough: false }))).kind).toBe('input');
      }),
      { numRuns: 50 },
    );
    expect(studio.opened).toEqual([]);
    close();
  });

  it('open the granted file until they are revoked', async () => {
    const { client, grants, studio, close } = openEngine();
    const file = path.join(folder, 'granted.png');
    await writeFile(file, 'abc');
    const granted = grants.grantRead(file);
    expect(await client.photo.open({ file: granted.file, thorough: false })).toMatchObject({
      name: 'granted.png',
      width: 3,
    });
    grants.revoke(granted.file);
    expect((await reportOf(client.photo.open({ file: granted.file, thorough: false }))).kind).toBe('input');
    expect(studio.opened).toEqual([file]);
    close();
  });

  it('of samples mean the same in every engine process', async () => {
    const sample = path.join(folder, 'one.webp');
    await writeFile(sample, 'abcd');
    for (let process = 0; process < 2; process++) {
      const { client, close } = openEngine({ sample });
      const [listed] = await client.samples.list();
      expect(listed).toEqual({ id: 'one', title: 'One', file: 'file_sample-one' });
      expect(await client.photo.open({ file: listed!.file, thorough: false })).toMatchObject({ width: 4 });
      close();
    }
  });

  it('show the window a name, never a path', async () => {
    const { client, grants, close } = openEngine();
    const granted = grants.grantRead(path.join(folder, 'gone.png'));
    const report = await reportOf(client.photo.open({ file: granted.file, thorough: false }));
    expect(report).toMatchObject({ kind: 'input', file: 'gone.png' });
    expect(JSON.stringify(report)).not.toContain(folder);
    close();
  });
});

describe('export', () => {
  const settings = DEFAULT_EXPORT_SETTINGS;

  it('writes to a granted place, once', async () => {
    const { client, grants, close } = openEngine();
    const file = path.join(folder, 'out.png');
    const to = grants.grantWrite(file);
    expect(grants.written(to)).toBeUndefined();
    expect(await client.swap.export({ result: someResult, to, settings })).toEqual({ bytes: 16, width: 2, height: 1 });
    expect(await readFile(file, 'utf8')).toBe('the whole result');
    expect(grants.written(to)?.path).toBe(file);
    await writeFile(file, 'changed by its owner');
    expect((await reportOf(client.swap.export({ result: someResult, to, settings }))).kind).toBe('storage');
    expect(await readFile(file, 'utf8')).toBe('changed by its owner');
    close();
  });

  it('writes nothing for forged handles', async () => {
    const { client, close } = openEngine();
    const before = await readdir(folder);
    const to = saveHandleSchema.parse('save_AAAAAAAAAAAAAAAAAAAAAAAA');
    expect((await reportOf(client.swap.export({ result: someResult, to, settings }))).kind).toBe('storage');
    expect(await readdir(folder)).toEqual(before);
    close();
  });

  it('gives the place back when it fails', async () => {
    const { client, grants, studio, close } = openEngine();
    const to = grants.grantWrite(path.join(folder, 'second-try.png'));
    const encode = studio.encodeResult;
    studio.encodeResult = async () => {
      throw new StorageError('The disk is full.');
    };
    expect((await reportOf(client.swap.export({ result: someResult, to, settings }))).message).toBe(
      'The disk is full.',
    );
    studio.encodeResult = encode;
    await client.swap.export({ result: someResult, to, settings });
    close();
  });
});

describe('a swap', () => {
  it('streams its progress and ends with its result', async () => {
    const { client, close } = openEngine();
    const events = [];
    for await (const event of await client.swap.run(request)) events.push(event);
    expect(events.map((event) => (event.type === 'progress' ? event.stage : event.type))).toEqual([
      ...STAGE_IDS,
      'done',
    ]);
    close();
  });

  it('stops when the window leaves the stream', async () => {
    const { client, studio, close } = openEngine({ stepMs: 20 });
    for await (const _ of await client.swap.run(request)) break;
    await expect.poll(() => studio.swaps).toEqual(['cancelled']);
    close();
  });

  it('stops when its call is aborted, and when the window goes', async () => {
    for (const how of ['abort', 'close'] as const) {
      const { client, studio, close } = openEngine({ stepMs: 20 });
      const controller = new AbortController();
      const stream = await client.swap.run(request, { signal: controller.signal });
      await stream.next();
      const rest = stream
        .next()
        .then(() => stream.next())
        .then(() => stream.next());
      if (how === 'abort') controller.abort();
      else close();
      await expect(rest).rejects.toThrow();
      await expect.poll(() => studio.swaps).toEqual(['cancelled']);
      close();
    }
  });

  it('leaves the lane to the next one', async () => {
    const { client, studio, close } = openEngine({ stepMs: 5 });
    const first = await client.swap.run(request);
    await first.next();
    const second = await client.swap.run(request);
    await first.return?.();
    const kinds = [];
    for await (const event of second) kinds.push(event.type);
    expect(kinds.at(-1)).toBe('done');
    expect(studio.swaps).toEqual(['cancelled', 'done']);
    close();
  });

  it('reports a failure of the work as a studio error', async () => {
    const { client, studio, close } = openEngine();
    studio.swap = async () => {
      throw new TypeError('x is not a function');
    };
    const stream = await client.swap.run(request);
    expect(await reportOf(stream.next())).toMatchObject({ kind: 'internal', message: 'x is not a function' });
    close();
  });
});

describe('pictures', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function openOne(engine: ReturnType<typeof openEngine>): Promise<PhotoId> {
    const file = path.join(folder, 'held.png');
    await writeFile(file, 'abc');
    const { photo } = await engine.client.photo.open({ file: engine.grants.grantRead(file).file, thorough: false });
    return photo;
  }

  it('of a window that is gone are closed after a while', async () => {
    const engine = openEngine();
    const photo = await openOne(engine);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    engine.close();
    vi.advanceTimersByTime(999);
    const second = engine.connect();
    expect((await second.client.settings.get()).version).toBe(APP_SETTINGS_VERSION);
    vi.advanceTimersByTime(1);
    expect(engine.studio.close(photo)).toBe(false);
    second.close();
  });

  it('stay open for a window that comes back and uses them', async () => {
    const engine = openEngine();
    const photo = await openOne(engine);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    engine.close();
    const second = engine.connect();
    await second.client.photo.view({ photo, maxSide: 64 });
    vi.advanceTimersByTime(100_000);
    expect(await second.client.photo.close({ photo })).toEqual({ closed: true });
    expect(await second.client.photo.close({ photo })).toEqual({ closed: false });
    second.close();
  });
});

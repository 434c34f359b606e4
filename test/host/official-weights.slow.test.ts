/** Tuned weights of the official layout at full size, as the window and the command line take them in. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ORPCError } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineServer } from '#engine/host/engine-server.ts';
import { createKeptWeights } from '#engine/host/kept-weights.ts';
import { LATENT_AVERAGE_SHAPE } from '#engine/networks/region-mlps.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import { openGeneratorWeights, readParams } from '#engine/tuning/tuning-networks.ts';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import type { EngineContract, FileHandle } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { createFakeStudio, fakeServices } from '#test/support/fake-studio.ts';
import { fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import { linkChannels } from '#test/support/linked-channels.ts';
import { stateDict, torchZip, type Written, type WrittenTensor } from '#test/support/torch-writer.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';
import { writeSyntheticPacks } from '../../bench/synthetic-packs.ts';
import { syntheticNumbers } from '../../bench/synthetic-weights.ts';
import { cli } from '../cli/fake-studio.ts';

let home: string;
let average: Float32Array;
const at = (name: string): string => path.join(home, name);

/** Numbers are made when they are written. */
const tensor = (name: string, shape: readonly number[]): WrittenTensor => {
  const length = shape.reduce((product, side) => product * side, 1);
  const data = () => new Uint8Array(syntheticNumbers(`tuned ${name}`, shape).buffer);
  return { storage: { kind: 'FloatStorage', length, data }, shape };
};

/** As upstream's pipeline saves it. */
async function writeOfficial(name: string, { latent = average, without = '' } = {}): Promise<string> {
  const shapes = [...trainedTensors(1024)].filter(([key]) => key !== without);
  const storage = { kind: 'FloatStorage', length: latent.length, data: () => new Uint8Array(latent.buffer) };
  const value: Written = {
    dict: [
      ['state_dict', stateDict(Object.fromEntries(shapes.map(([key, shape]) => [key, tensor(key, shape)])))],
      ['latent_avg', { tensor: { storage, shape: [...LATENT_AVERAGE_SHAPE] } }],
    ],
  };
  await pipeline(Readable.from(torchZip(value)), createWriteStream(at(name)));
  return at(name);
}

let official: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'e4s-official-'));
  process.env['E4S_HOME'] = home;
  await writeSyntheticPacks(at('packs'), ['rgi']);
  const read = await readParams(
    await openGeneratorWeights(at('packs')),
    new Map([['latent_avg', LATENT_AVERAGE_SHAPE]]),
  );
  average = read['latent_avg']?.data as Float32Array;
  official = await writeOfficial('PTI_G_lr0.001000_iters80.pth');
  await ffmpeg(home, ...testPicture('64x48', '25', 0.2), '-c:v', 'libx264', '-preset', 'ultrafast', at('clip.mp4'));
  await writeFile(at('source.png'), 'a photo, for the fake engine');
}, 600_000);
afterAll(async () => {
  delete process.env['E4S_HOME'];
  await rm(home, { recursive: true, force: true });
});

/** The window's calls over the real store of tuned weights. */
function openWindow() {
  const grants = createGrantTable();
  const answer = answerEngine(grants, createMediaTable());
  const services = fakeServices(createFakeStudio());
  const weights = createKeptWeights({ tuned: at('tuned'), packs: at('packs') });
  const server = createEngineServer(
    { ...services, tuning: { ...services.tuning, weights }, ask: async (question, asked) => answer(question, asked) },
    { graceMs: 1000 },
  );
  const link = linkChannels<EngineContract>();
  server.serve(link.channel);
  const grant = (file: string): FileHandle => grants.grantRead(file).file;
  return { tuning: link.client.tuning, grant, close: link.close };
}

async function refusal(work: Promise<unknown>): Promise<ErrorReport> {
  const error = await work.catch((thrown: unknown) => thrown);
  if (error instanceof ORPCError && error.code === 'STUDIO_ERROR') return error.data as ErrorReport;
  throw new Error(`expected a refusal, not ${String(error)}`);
}

const swap = (file: string): string[] => [
  ...['swap', '--source', at('source.png'), '--target', at('clip.mp4'), '--out', at('out.mp4')],
  ...['--pti', '--pti-steps', '0', '--pti-resume', file],
];

describe('an official file of tuned weights', () => {
  it('is taken in by the window and by the command line, once', async () => {
    const { tuning, grant, close } = openWindow();
    const kept = await tuning.keep({ file: grant(official) });
    expect(kept.name).toBe('PTI_G_lr0.001000_iters80.pth');
    expect(kept.bytes).toBeGreaterThan(4 * 76_000_000);
    expect(await tuning.kept()).toEqual([kept]);

    const requests: (string | null)[] = [];
    const engine = fakeVideoEngine();
    const videoEngine = {
      ...engine,
      openSwapper: (request: Parameters<typeof engine.openSwapper>[0]) => {
        requests.push(request.video.ptiResume);
        return engine.openSwapper(request);
      },
    };
    const run = await cli(swap(official), { videoEngine });
    expect(run).toMatchObject({ code: 0 });
    expect(requests).toEqual([kept.id]);
    expect(await tuning.kept()).toHaveLength(1);
    await tuning.forget({ id: kept.id });
    expect(await tuning.kept()).toEqual([]);
    close();
  });

  it('that does not fit is refused with its reason, by both', async () => {
    const { tuning, grant, close } = openWindow();
    const missing = 'MLPs.3.mlp.0.bias';
    const key = [...trainedTensors(1024).keys()].find((name) => name.startsWith('MLPs.3.')) ?? missing;
    const cut = await writeOfficial('cut.pth');
    await truncate(cut, Math.floor((await stat(cut)).size / 2));
    await writeFile(at('words.pth'), 'no weights at all');
    const wrong: readonly (readonly [string, RegExp])[] = [
      [await writeOfficial('part.pth', { without: key }), /do not fit: .*missing/],
      [await writeOfficial('other.pth', { latent: average.map((x) => x + 0.1) }), /tuned from another checkpoint/],
      [cut, /./],
      [at('words.pth'), /./],
    ];
    for (const [file, reason] of wrong) {
      const report = await refusal(tuning.keep({ file: grant(file) }));
      expect(report).toMatchObject({ kind: 'input', message: expect.stringMatching(reason) });
      const run = await cli(swap(file), { videoEngine: fakeVideoEngine() });
      expect(run).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain(report.message);
    }
    expect(await tuning.kept()).toEqual([]);
    close();
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskShell } from '#engine/host/control-client.ts';
import { createEngineServer } from '#engine/host/engine-server.ts';
import { OUTCOMES } from '#engine/weights/import.ts';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import { type EngineContract, fileHandleSchema } from '#shared/contract.ts';
import { IMPORT_OUTCOMES, type ImportEvent, type VerifyEvent } from '#shared/contract-models.ts';
import { createFakeStudio, fakeServices } from '../support/fake-studio.ts';
import { callWith, codeOf } from '../support/junk.ts';
import { linkChannels } from '../support/linked-channels.ts';
import { networkStateDict } from '../support/network-files.ts';
import { PRETRAINED_OUTCOMES, writePretrained } from '../support/pretrained-folder.ts';
import { concat, torchZip } from '../support/torch-writer.ts';

let folder: string;
let packs: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-models-'));
  packs = path.join(folder, 'packs');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function openEngine() {
  const grants = createGrantTable();
  const services = { ...fakeServices(createFakeStudio(), packs), samples: [] };
  const answer = answerEngine(grants, createMediaTable());
  const ask: AskShell = async (question, asked) => answer(question, asked);
  const server = createEngineServer({ ...services, ask });
  const link = linkChannels<EngineContract>();
  server.serve(link.channel);
  return { grants, ...link };
}

async function eventsOf<Event>(stream: Promise<AsyncIterable<Event>>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of await stream) events.push(event);
  return events;
}

const weightsFile = async (name: string, seed = 0): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, concat(torchZip(networkStateDict('parsing-unet', { seed }))));
  return file;
};
const filesOfPacks = async (): Promise<string[]> => {
  const found = await readdir(packs, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
};

describe('the calls of the models page', () => {
  it('know the outcomes of the importer', () => {
    expect(Object.keys(OUTCOMES)).toEqual([...IMPORT_OUTCOMES]);
  });

  it('say what is there and what each feature waits for', async () => {
    const { client, close } = openEngine();
    const { packs: rows, features, engines } = await client.models.list();
    expect(rows.find(({ id }) => id === 'rgi')).toMatchObject({ state: 'missing', commercial: 'no', bytes: 0 });
    const feature = (id: string) => features.find((row) => row.id === id);
    expect(feature('tuning')).toMatchObject({
      works: false,
      missing: ['rgi', 'arcface', 'parsing-unet', 'lpips-alex'],
      oneIsEnough: false,
    });
    // What only helps another pack is no way to get the feature.
    expect(feature('enhancement')).toMatchObject({
      works: false,
      missing: ['gpen-bfr-512'],
      better: ['gpen-retinaface-r50', 'gpen-parsenet'],
    });
    expect(feature('upscaling')).toMatchObject({ works: false, oneIsEnough: true });
    expect(engines.map(({ id }) => id)).toEqual(['classic', 'rgi']);
    close();
  });

  it('import a granted folder with progress, report every file, and check and remove what came in', async () => {
    const { client, grants, close } = openEngine();
    const { file } = grants.grantRead(await writePretrained(folder));
    const events = await eventsOf<ImportEvent>(client.models.import({ from: file, replace: false }));
    const fractions = events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
    expect(fractions.length).toBeGreaterThan(5);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    const done = events.at(-1);
    if (done?.type !== 'done') throw new Error('no report');
    const outcomes = done.files.map((row) => [row.file.split(path.sep).join('/'), row.outcome]);
    expect(Object.fromEntries(outcomes)).toEqual(PRETRAINED_OUTCOMES);
    expect(JSON.stringify(done)).not.toContain(folder);
    const pack = (id: string) => done.state.packs.find((row) => row.id === id);
    expect(pack('parsing-unet')).toMatchObject({
      state: 'ready',
      files: [{ name: 'faceseg/model.pth', present: true }],
    });
    expect(pack('lpips-alex')).toMatchObject({ state: 'incomplete', reason: 'Not imported yet: alex.pth.' });

    const own = path.join(packs, 'parsing-unet');
    const weights = path.join(own, (await readdir(own)).find((name) => name.endsWith('.safetensors')) as string);
    const bytes = await readFile(weights);
    bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 0xff;
    await writeFile(weights, bytes);
    const verified = (await eventsOf<VerifyEvent>(client.models.verify())).at(-1);
    expect(verified).toMatchObject({
      type: 'done',
      packs: expect.arrayContaining([
        {
          id: 'parsing-unet',
          state: 'damaged',
          problems: [expect.stringMatching(/was changed/)],
        },
      ]),
    });

    const after = await client.models.remove({ pack: 'parsing-unet' });
    expect(after.packs.find(({ id }) => id === 'parsing-unet')?.state).toBe('missing');
    expect(await readdir(packs)).not.toContain('parsing-unet');
    close();
  });

  it('end an import when the window leaves its stream, with nothing half-written, and take the next one', async () => {
    const { client, grants, close } = openEngine();
    const { file } = grants.grantRead(await writePretrained(folder));
    for await (const event of await client.models.import({ from: file, replace: false })) {
      if (event.type === 'progress' && event.step === 'convert' && event.file.endsWith('79999_iter.pth')) break;
    }
    const other = grants.grantRead(await weightsFile('model.pth'));
    const events = await eventsOf<ImportEvent>(client.models.import({ from: other.file, replace: false }));
    expect(events.at(-1)).toMatchObject({ type: 'done', files: [{ outcome: expect.stringMatching(/imported|kept/) }] });
    const left = await filesOfPacks();
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(left.some((name) => name.startsWith('face-parsing-bisenet'))).toBe(false);
    close();
  });

  it('take another file only when they are told to', async () => {
    const { client, grants, close } = openEngine();
    const outcome = async (name: string, seed: number, replace: boolean) => {
      const { file } = grants.grantRead(await weightsFile(name, seed));
      const done = (await eventsOf<ImportEvent>(client.models.import({ from: file, replace }))).at(-1);
      return done?.type === 'done' ? done.files[0]?.outcome : undefined;
    };
    expect(await outcome('a.pth', 1, false)).toBe('imported');
    expect(await outcome('b.pth', 2, false)).toBe('kept');
    expect(await outcome('b.pth', 2, true)).toBe('imported');
    close();
  });

  it('read nothing that was not granted and remove nothing that is no pack', async () => {
    const { client, close } = openEngine();
    await weightsFile('model.pth');
    const from = fileHandleSchema.parse('file_AAAAAAAAAAAAAAAAAAAAAAAA');
    expect(await codeOf(eventsOf(client.models.import({ from, replace: false })))).toBe('STUDIO_ERROR');
    for (const odd of [folder, path.join(folder, 'model.pth'), '../model.pth', 'file_../../x']) {
      expect(await codeOf(callWith(client, ['models', 'import'], { from: odd, replace: false }))).toBe('BAD_REQUEST');
    }
    expect(await filesOfPacks()).toEqual([]);
    expect(await codeOf(client.models.remove({ pack: 'nothing' }))).toBe('STUDIO_ERROR');
    for (const odd of ['..', '../..', '/', '.', '', 'rgi/../..', 'RGI']) {
      expect(await codeOf(callWith(client, ['models', 'remove'], { pack: odd }))).toBe('BAD_REQUEST');
    }
    expect(await readdir(folder)).toEqual(['model.pth']);
    close();
  });
});

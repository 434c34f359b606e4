import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelsFolder } from '#engine/face/models/location.ts';
import { findHome } from '#engine/files/home.ts';
import { examineClassicModels, examineSystem } from '#engine/host/doctor.ts';
import { examineProviders } from '#engine/host/provider-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a whole installation is fit to run', async () => {
  const report = await examineSystem(findHome({ E4S_HOME: folder }));
  expect(report.ok).toBe(true);
  expect(report.models.classic.every(({ ok }) => ok)).toBe(true);
  expect(report.models.packs.length).toBeGreaterThan(0);
  expect(report.models.packs.every(({ state }) => state === 'missing')).toBe(true);
  expect(report.data.root).toBe(folder);
  expect(report.data.folders).toContainEqual({ path: folder, writable: true });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('a data folder that cannot be made is reported and does not stop the rest', async () => {
  const plain = path.join(folder, 'plain');
  await writeFile(plain, '');
  const report = await examineSystem(findHome({ E4S_HOME: path.join(plain, 'home') }));
  expect(report.data.folders.every(({ writable }) => !writable)).toBe(true);
  expect(report.data.folders[0]?.reason).toMatch(/\.$/);
  expect(report.ok).toBe(true);
});

test('models are compared with their hashes', async () => {
  const copy = path.join(folder, 'classic');
  await cp(path.join(modelsFolder(), 'classic'), copy, { recursive: true });
  expect((await examineClassicModels(copy)).every(({ ok }) => ok)).toBe(true);
  const file = path.join(copy, 'face-mesh.onnx');
  const bytes = await readFile(file);
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await rm(path.join(copy, 'person-mask.onnx'));
  const bad = (await examineClassicModels(copy)).filter(({ ok }) => !ok);
  expect(bad.map(({ file: name, reason }) => [path.basename(name), reason])).toEqual([
    ['face-mesh.onnx', expect.stringContaining('not the one that was built')],
    ['person-mask.onnx', expect.stringContaining('missing')],
  ]);
});

test('models that were never built are one entry that says what to do', async () => {
  expect(await examineClassicModels(path.join(folder, 'none'))).toMatchObject([
    { ok: false, reason: 'The models are not built; run "npm run build".' },
  ]);
});

test('the CPU passes its self-test, and providers of other systems are not tried', async () => {
  const foreign = process.platform === 'win32' ? 'coreml' : 'dml';
  const [cpu, other] = await examineProviders(['cpu', foreign]);
  expect(cpu).toEqual({ id: 'cpu', available: true, self_test: 'passed', reason: null });
  expect(other).toMatchObject({ id: foreign, available: false, self_test: 'not run' });
  expect(other?.reason).toMatch(/\w/);
});

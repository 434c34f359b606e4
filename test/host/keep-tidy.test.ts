import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findHome } from '#engine/files/home.ts';
import { removeLeftovers, tidyJobs } from '#engine/host/keep-tidy.ts';
import { createKeptClips } from '#engine/host/kept-clips.ts';
import { createFakeJobs } from '../support/fake-jobs.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-tidy-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = async (name: string, hoursAgo: number): Promise<void> => {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'half of it');
  const time = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(file, time, time);
  // A folder of a job counts by its own time.
  if (path.dirname(file).endsWith('.new')) await utimes(path.dirname(file), time, time);
};
const files = async (): Promise<string[]> =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name)).replaceAll(path.sep, '/'))
    .sort();

test('what killed writers left goes, and nothing else', async () => {
  const left = [
    '.settings.json.0123456789ab.tmp',
    'tuned/.aa.safetensors.0123456789ab.tmp',
    'refined/.x.0123456789ab.tmp',
    'packs/rgi/.generator.safetensors.0123456789ab.tmp',
    'cache/.self-test.json.0123456789ab.tmp',
    'cache/faces/.x.0123456789ab.tmp',
    'jobs/job_0mwrq0000abcdef.new/manifest.json',
  ];
  const stays = [
    'settings.json',
    'notes.tmp',
    '.hidden',
    'tuned/aa.safetensors',
    'packs/rgi/manifest.json',
    'jobs/job_0mwrq0000abcdef/manifest.json',
  ];
  const young = ['tuned/.bb.safetensors.0123456789ab.tmp', 'jobs/job_0mwrq0000fedcba.new/manifest.json'];
  for (const name of left) await write(name, 2);
  for (const name of stays) await write(name, 1000);
  for (const name of young) await write(name, 0);
  await removeLeftovers(findHome({ E4S_HOME: root }));
  expect(await files()).toEqual([...stays, ...young].sort());
});

test('a home that is not there yet', async () => {
  await removeLeftovers(findHome({ E4S_HOME: path.join(root, 'nothing') }));
  expect(await files()).toEqual([]);
});

test('clips of which another process is making a job stay; those of dead processes go', async () => {
  const gone = 2 ** 22 + 1;
  for (const owner of [process.ppid, gone]) await write(`clips/${owner}-0123456789abcdef01234567/clip.mp4`, 0);
  await write('sent.mp4', 0);
  const clips = createKeptClips(path.join(root, 'clips'));
  const mine = await clips.keep({ path: path.join(root, 'sent.mp4'), name: 'sent.mp4', temporary: true });
  const kept = path.relative(root, mine.file.path).replaceAll(path.sep, '/');
  const other = `clips/${process.ppid}-0123456789abcdef01234567/clip.mp4`;
  await clips.sweep([]);
  expect(await files()).toEqual([kept, other, 'sent.mp4'].sort());
  mine[Symbol.dispose]();
  await clips.sweep([]);
  expect(await files()).toEqual([other, 'sent.mp4']);
});

test('clips of drafts that go, go with them', async () => {
  await write(`clips/${2 ** 22 + 1}-0123456789abcdef01234567/clip.mp4`, 0);
  const [jobs, clips] = [createFakeJobs(), createKeptClips(path.join(root, 'clips'))];
  await tidyJobs(jobs, clips);
  expect(await files()).toHaveLength(1);
  jobs.left = 1;
  await tidyJobs(jobs, clips);
  expect(await files()).toEqual([]);
});

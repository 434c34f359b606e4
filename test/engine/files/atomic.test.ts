import { fork } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageError } from '#engine/errors.ts';
import {
  assertWritable,
  isSameFile,
  openAtomic,
  toStorageError,
  writeFileAtomic,
  writeStreamAtomic,
} from '#engine/files/atomic.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-atomic-'));
  file = path.join(folder, 'out.bin');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the file appears with its bytes and nothing else is left', async () => {
  await writeFileAtomic(file, 'first');
  await writeFileAtomic(file, new Uint8Array([1, 2, 3]));
  expect([...(await readFile(file))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['out.bin']);
});

test('an existing file keeps its permissions', async () => {
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  await writeFileAtomic(file, 'new');
  expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test('a link keeps pointing at the file that is replaced', async () => {
  const real = path.join(folder, 'real.bin');
  await writeFile(real, 'old');
  await symlink(real, file);
  await writeFileAtomic(file, 'new');
  expect(await readFile(real, 'utf8')).toBe('new');
});

test('before the commit the old content stands under the name', async () => {
  await writeFile(file, 'old');
  {
    await using target = await openAtomic(file);
    await target.write(new TextEncoder().encode('half of the new'));
    expect(await readFile(file, 'utf8')).toBe('old');
  }
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['out.bin']);
});

test('a source that fails in the middle leaves no file', async () => {
  async function* chunks() {
    yield new Uint8Array(10_000);
    throw new TypeError('the source broke');
  }
  await expect(writeStreamAtomic(file, chunks())).rejects.toThrow('the source broke');
  expect(await readdir(folder)).toEqual([]);
});

test('a cancelled write leaves no file', async () => {
  const controller = new AbortController();
  async function* chunks() {
    yield new Uint8Array(10);
    controller.abort();
    yield new Uint8Array(10);
  }
  await expect(writeStreamAtomic(file, chunks(), { signal: controller.signal })).rejects.toMatchObject({
    kind: 'cancelled',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('a process that is killed in the middle leaves the old file whole', async () => {
  await writeFile(file, 'old');
  const script = path.join(folder, 'writer.mjs');
  // The same steps as the module, in a process that can be killed: temporary file, bytes, and then the end.
  await writeFile(
    script,
    `import { createServer } from 'vite';
     const server = await createServer({ root: ${JSON.stringify(process.cwd())}, configFile: false, logLevel: 'silent', server: { middlewareMode: true, ws: false, watch: null }, oxc: { target: 'node20' } });
     const { openAtomic } = await server.ssrLoadModule('/src/main/engine/files/atomic.ts');
     const target = await openAtomic(${JSON.stringify(file)});
     await target.write(new Uint8Array(1 << 20));
     process.send('half');
     setInterval(() => {}, 1000);`,
  );
  const linked = path.join(process.cwd(), 'node_modules');
  await symlink(linked, path.join(folder, 'node_modules'));
  const child = fork(script, { stdio: 'ignore' });
  const message = await new Promise((resolve) => {
    child.once('message', resolve);
    child.once('exit', (code) => resolve(`ended with ${code}`));
  });
  expect(message).toBe('half');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(await readFile(file, 'utf8')).toBe('old');
});

test('the answer of the system for a full disk is a storage error that names the file', async () => {
  const full = toStorageError(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }), file);
  expect(full).toMatchObject({ kind: 'storage', file, message: 'The disk is full.' });
  expect(full.action).toContain('Free some space');
});

test('refusals name the file, the reason and what to do', async () => {
  await expect(writeFileAtomic(path.join(folder, 'no', 'such', 'out.png'), 'x')).rejects.toMatchObject({
    kind: 'storage',
    message: 'The folder does not exist.',
    file: path.join(folder, 'no', 'such', 'out.png'),
  });
  await writeFile(path.join(folder, 'plain'), '');
  await expect(writeFileAtomic(path.join(folder, 'plain', 'out.png'), 'x')).rejects.toBeInstanceOf(StorageError);
  await mkdir(file);
  await expect(writeFileAtomic(file, 'x')).rejects.toMatchObject({ message: 'There is a folder of this name.' });
});

test.skipIf(process.platform !== 'linux')('a folder of the system that takes no files is said to be one', async () => {
  await expect(writeFileAtomic('/proc/out.png', 'x')).rejects.toMatchObject({
    kind: 'storage',
    message: 'Files cannot be made in this folder.',
  });
});

test('a missing folder is made on request', async () => {
  const deep = path.join(folder, 'a', 'b', 'out.txt');
  await writeFileAtomic(deep, 'x', { makeFolder: true });
  expect(await readFile(deep, 'utf8')).toBe('x');
});

test('a place is tried before the work and left as it was', async () => {
  await assertWritable(file);
  expect(await readdir(folder)).toEqual([]);
  await expect(assertWritable(path.join(folder, 'none', 'x.png'))).rejects.toBeInstanceOf(StorageError);
  await expect(assertWritable('/dev/null')).rejects.toMatchObject({ message: 'This is a device, not a file.' });
});

test('two names of one file are recognised', async () => {
  await writeFile(file, 'x');
  await symlink(file, path.join(folder, 'other'));
  expect(await isSameFile(file, path.join(folder, 'other'))).toBe(true);
  expect(await isSameFile(file, path.join(folder, '.', 'out.bin'))).toBe(true);
  expect(await isSameFile(file, path.join(folder, 'missing'))).toBe(false);
  expect(await isSameFile(path.join(folder, 'missing'), path.join(folder, 'missing'))).toBe(false);
});

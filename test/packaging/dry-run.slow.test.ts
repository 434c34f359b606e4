import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repository } from '../support/studio-process.ts';

const reportSchema = z.object({
  owners: z.array(z.object({ owner: z.string(), files: z.int(), bytes: z.int(), unpackedBytes: z.int() })),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), unpacked: z.boolean() })),
  resources: z.array(z.object({ path: z.string(), bytes: z.int() })),
  fuses: z.record(z.string(), z.boolean()),
  studio: z.object({ page: z.int(), engine: z.string(), samples: z.int(), faces: z.int() }),
  video: z.object({ frames: z.int(), swapped: z.int(), worker: z.boolean() }),
});

let out: string;
let report: z.infer<typeof reportSchema>;

const RUNTIME_PACKAGES =
  /^(onnxruntime-(node|common)|sharp|@img\/[\w-]+|detect-libc|semver|fluent-ffmpeg|async|which|isexe|ffmpeg-static|@ff(mpeg|probe)-installer\/[\w-]+)$/;

describe.skipIf(process.platform === 'darwin')('a packed studio', () => {
  beforeAll(async () => {
    out = await mkdtemp(path.join(os.tmpdir(), 'e4s-package-'));
    const script = path.join(repository, 'scripts/package.mjs');
    await promisify(execFile)(process.execPath, [script, '--dry-run', '--out', out]);
    report = reportSchema.parse(JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8')));
  });
  afterAll(() => rm(out, { recursive: true, force: true }));

  it('holds its own bundles and the packages that cannot be bundled, nothing else', () => {
    const owners = report.owners.map(({ owner }) => owner);
    const own = ['LICENSE', 'NOTICE', 'dist/main', 'dist/preload', 'dist/renderer', 'package.json'];
    expect(owners.filter((owner) => !RUNTIME_PACKAGES.test(owner)).sort()).toEqual(own);
    expect(owners).toEqual(expect.arrayContaining(['onnxruntime-node', 'onnxruntime-common', 'sharp']));
    const files = report.files.map(({ path: file }) => file);
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/main/desktop.js',
        'dist/main/engine.js',
        'dist/main/web.js',
        'dist/main/cli.js',
        'dist/main/frame-worker.js',
        'dist/preload/index.cjs',
        'dist/renderer/index.html',
      ]),
    );
    expect(files.filter((file) => /\.(map|tsx?|test\.\w+)$|^(src|test|scripts|\.env)/.test(file))).toEqual([]);
  });

  it("carries this system's native libraries only, outside the archive", () => {
    const native = report.files.filter(({ path: file }) => /\.(node|dll|dylib|so(\.[\d.]+)?)$/.test(file));
    expect(native.length).toBeGreaterThanOrEqual(3);
    for (const { path: file, unpacked } of native) expect([file, unpacked]).toEqual([file, true]);
    const runtimes = report.files
      .map(({ path: file }) => /^node_modules\/onnxruntime-node\/bin\/napi-v\d+\/([^/]+\/[^/]+)\//.exec(file)?.[1])
      .filter((system) => system !== undefined);
    expect([...new Set(runtimes)]).toEqual([`${process.platform}/${process.arch}`]);
    const programs = report.files.filter(({ path: file }) => /\/ff(mpeg|probe)(\.exe)?$/.test(file));
    for (const { path: file, unpacked } of programs) expect([file, unpacked]).toEqual([file, true]);
  });

  it('brings the models and the samples', () => {
    const names = report.resources.map(({ path: file }) => file);
    expect(names).toEqual(
      expect.arrayContaining([
        'models/classic/manifest.json',
        'models/classic/face-mesh.onnx',
        'models/samples/samples.json',
      ]),
    );
  });

  it('has its fuses set in the program', () => {
    expect(report.fuses).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
    });
  });

  it('starts, loads its models and finds a face in a sample', () => {
    expect(report.studio).toMatchObject({ page: 200, engine: 'ready' });
    expect(report.studio.samples).toBeGreaterThan(0);
    expect(report.studio.faces).toBeGreaterThan(0);
  });

  it('swaps a face in a video, on threads where there are several cores', () => {
    expect(report.video).toEqual({ frames: 6, swapped: 6, worker: true });
  });
});

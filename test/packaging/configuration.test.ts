import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
// @ts-expect-error a script without types
import { packageTargets } from '../../scripts/lib/package-targets.mjs';
import { repository } from '../support/studio-process.ts';

const yaml = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown };
const targets = z.object({ target: z.array(z.string()) });
const configuration = z
  .object({
    asar: z.boolean(),
    asarUnpack: z.array(z.string()),
    files: z.tuple([z.object({ from: z.string(), filter: z.array(z.string()) })]),
    extraResources: z.array(z.object({ from: z.string(), to: z.string() })),
    electronFuses: z.record(z.string(), z.boolean()),
    npmRebuild: z.boolean(),
    win: targets,
    mac: targets,
    linux: targets,
  })
  .parse(yaml.load(readFileSync(path.join(repository, 'electron-builder.yml'), 'utf8')));

describe('the installers', () => {
  it('are made for three systems', () => {
    expect([configuration.win.target, configuration.mac.target, configuration.linux.target]).toEqual([
      ['nsis', 'zip'],
      ['dmg', 'zip'],
      ['AppImage', 'deb'],
    ]);
  });

  it('name no page that is not there: a Debian package is made for whoever says the page of the project', () => {
    const text = readFileSync(path.join(repository, 'electron-builder.yml'), 'utf8');
    expect(text).not.toMatch(/homepage|https?:/);
    expect(packageTargets(['AppImage', 'deb'], undefined)).toEqual({
      targets: ['AppImage'],
      left: ['deb'],
      homepage: undefined,
    });
    expect(packageTargets(['AppImage', 'deb'], ' https://studio.example/ ')).toEqual({
      targets: ['AppImage', 'deb'],
      left: [],
      homepage: 'https://studio.example/',
    });
    expect(packageTargets(['nsis', 'zip'], '')).toMatchObject({ targets: ['nsis', 'zip'], left: [] });
    expect(() => packageTargets(['deb'], 'somewhere')).toThrow(/no address/);
  });

  it('set every fuse that closes a way around the studio', () => {
    expect(configuration.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('keep models, native libraries and programs outside the archive', () => {
    expect(configuration.asar).toBe(true);
    expect(configuration.asarUnpack.join(' ')).toMatch(/node,so.*dylib,dll/);
    expect(configuration.extraResources.map(({ to }) => to)).toEqual(
      expect.arrayContaining(['models/classic', 'models/samples']),
    );
  });

  it('leave out sources, tests and source maps', () => {
    const [{ filter }] = configuration.files;
    const included = filter.filter((pattern) => !pattern.startsWith('!'));
    expect(included).toEqual(['package.json', 'LICENSE', 'NOTICE', 'dist/{main,preload,renderer}/**/*']);
    expect(filter).toContain('!**/*.{ts,mts,cts,map,md,markdown,tsbuildinfo}');
  });
});

// `npm run package`: installers of the system this runs on, into release/.
// `npm run package -- --dry-run [--out folder]`: packs around a stand-in for Electron instead, reports what landed in the
// archive, reads its fuses back, and starts the packed studio under plain Node. Needs no download.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { extractAll } from '@electron/asar';
import fuses from '@electron/fuses';
import { Platform, build as pack } from 'electron-builder';
import { load } from 'js-yaml';
import sharp from 'sharp';
import { build } from './build.mjs';
import { root } from './lib/bundles.mjs';
import { HOMEPAGE, packageTargets } from './lib/package-targets.mjs';
import { archiveFiles, folderFiles, sumByOwner } from './lib/packed-contents.mjs';
import { writeStandInElectron } from './lib/stand-in-electron.mjs';
import { tryPackedStudio, tryPackedVideo } from './lib/try-packed.mjs';

const ICON_SIDE = 1024;
/** Fuses are the characters 0 and 1. */
const FUSE_ON = '1'.charCodeAt(0);

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' }, out: { type: 'string' } } });
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

await build();
mkdirSync(path.join(root, 'dist/package'), { recursive: true });
await sharp(path.join(root, 'src/renderer/icon.svg'), { density: 300 })
  .resize(ICON_SIDE, ICON_SIDE)
  .png()
  .toFile(path.join(root, 'dist/package/icon.png'));

if (values['dry-run']) await dryRun(path.resolve(values.out ?? path.join(root, 'release/dry-run')));
else await makeInstallers();

async function makeInstallers() {
  const platform = Platform.current();
  const config = path.join(root, 'electron-builder.yml');
  const { target } = load(readFileSync(config, 'utf8'))[platform.buildConfigurationKey];
  const { targets, left, homepage } = packageTargets(target, process.env[HOMEPAGE]);
  for (const name of left)
    console.log(`${name} is left out: it has to name the project's page; set ${HOMEPAGE} to it.`);
  await pack({
    projectDir: root,
    targets: platform.createTarget(targets),
    config: homepage === undefined ? config : { extends: config, extraMetadata: { homepage } },
    publish: 'never',
  });
}

async function dryRun(out) {
  if (process.platform === 'darwin') {
    console.error('The dry run knows the layout of Linux and Windows; on macOS run "npm run package".');
    process.exit(2);
  }
  rmSync(out, { recursive: true, force: true });
  const work = mkdtempSync(path.join(os.tmpdir(), 'e4s-pack-'));
  try {
    const electronDist = path.join(work, 'electron');
    writeStandInElectron(electronDist);
    await pack({
      projectDir: root,
      targets: Platform.current().createTarget('dir'),
      config: { extends: path.join(root, 'electron-builder.yml'), electronDist, directories: { output: out } },
      publish: 'never',
    });
    const packed = path.join(out, `${Platform.current().buildConfigurationKey}-unpacked`);
    const resources = path.join(packed, 'resources');
    const archive = path.join(resources, 'app.asar');
    const files = archiveFiles(archive);
    writeFileSync(
      path.join(out, 'contents.txt'),
      files
        .map(
          ({ path: file, bytes, unpacked }) =>
            `${String(bytes).padStart(10)} ${unpacked ? 'unpacked' : 'archive '} ${file}\n`,
        )
        .join(''),
    );

    // Away from the checkout, so that no package of it can be found by accident.
    const standing = path.join(work, 'resources');
    extractAll(archive, path.join(standing, 'app'));

    cpSync(path.join(resources, 'models'), path.join(standing, 'models'), { recursive: true });
    const home = path.join(work, 'home');
    mkdirSync(home);
    const studio = await tryPackedStudio(path.join(standing, 'app'), home);
    const video = await tryPackedVideo(path.join(standing, 'app'), home);

    const report = {
      owners: sumByOwner(files),
      files: files.map(({ path: file, bytes, unpacked }) => ({ path: file, bytes, unpacked })),
      resources: folderFiles(resources).filter(({ path: file }) => !file.startsWith('app.asar')),
      fuses: await readFuses(path.join(packed, process.platform === 'win32' ? 'E4S Studio.exe' : 'e4s-studio')),
      studio,
      video,
    };
    writeFileSync(path.join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
    print(report, out);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The fuses of a packed program by name. */
async function readFuses(program) {
  const wire = await fuses.getCurrentFuseWire(program);
  return Object.fromEntries(
    Object.entries(fuses.FuseV1Options)
      .filter(([name, index]) => Number.isNaN(Number(name)) && wire[index] !== undefined)
      .map(([name, index]) => [name, wire[index] === FUSE_ON]),
  );
}

function print({ owners, files, resources, fuses: set, studio, video }, out) {
  const total = (list, key = 'bytes') => list.reduce((sum, row) => sum + row[key], 0);
  console.log(
    `archive and unpacked files: ${files.length}, ${megabytes(total(files))}, of them unpacked ${megabytes(total(owners, 'unpackedBytes'))}`,
  );
  for (const { owner, files: count, bytes } of owners)
    console.log(`  ${megabytes(bytes).padStart(10)} ${String(count).padStart(4)}  ${owner}`);
  console.log(`resources: ${resources.length}, ${megabytes(total(resources))}`);
  console.log(
    `fuses: ${Object.entries(set)
      .map(([name, on]) => `${name} ${on ? 'on' : 'off'}`)
      .join(', ')}`,
  );
  console.log(
    `packed studio: engine ${studio.engine}, ${studio.samples} samples, ${studio.faces} face(s) in ${studio.sample} after ${studio.milliseconds} ms`,
  );
  console.log(`packed command line: a face swapped in ${video.swapped} of ${video.frames} frames`);
  console.log(`report: ${path.join(out, 'report.json')}`);
}

// Writes NOTICE from the real dependency tree in package-lock.json, or with --check fails when the file is out of date
// or when a shipped package has a licence that the table below does not know.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that are not in `dependencies` because a bundler copies them into the window. */
const BUNDLED = [
  'react',
  'react-dom',
  '@fluentui/react-components',
  '@fluentui/react-icons',
  'zustand',
  '@fontsource-variable/inter',
];
/** Packages whose model files the build converts and ships; none of their code is shipped. */
const MODEL_SOURCES = {
  '@mediapipe/face_mesh': 'attention mesh, canonical face geometry',
  '@mediapipe/selfie_segmentation': 'person mask',
  '@vladmandic/human': 'face detector',
};
/** Licences that may be part of the product itself. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'Unlicense',
  'CC0-1.0',
  'OFL-1.1',
  'BlueOak-1.0.0',
  '(MIT AND BSD-3-Clause)',
  'MIT OR Apache-2.0',
  '(MIT OR CC0-1.0)',
  'Python-2.0',
]);
/** Packages whose package.json names no licence; read from the files that they ship. */
const STATED_IN_FILES = { 'async 0.2.10': 'MIT', 'parse-cache-control 1.0.1': 'BSD-3-Clause' };
/** Programs and libraries that run beside the product, replaceable by the user, under copyleft terms of their own. */
const SEPARATE = [
  [/^ffmpeg-static$/, 'GPL-3.0-or-later', 'the ffmpeg program, started as a process of its own; optional'],
  [/^@ffmpeg-installer\//, 'LGPL-2.1 wrapper around GPL builds', 'the ffmpeg program, started as a process of its own'],
  [
    /^@ffprobe-installer\//,
    'LGPL-2.1 wrapper around GPL builds',
    'the ffprobe program, started as a process of its own',
  ],
  [
    /^@img\/sharp-libvips-/,
    'LGPL-3.0-or-later',
    'libvips, a shared library that sharp loads; the user can replace the file',
  ],
  [
    /^@img\/sharp-(win32|wasm32|webcontainers)/,
    'Apache-2.0 AND LGPL-3.0-or-later',
    'sharp with libvips as a shared library that the user can replace',
  ],
];

const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
const manifest = lock[''];

/** The lock entry that `name` resolves to when `from` asks for it: node's own walk up the folders. */
function resolve(from, name) {
  for (let base = from; ; ) {
    const key = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (lock[key] !== undefined) return key;
    if (base === '') return undefined;
    const at = base.lastIndexOf('/node_modules/');
    base = at === -1 ? '' : base.slice(0, at);
  }
}

/** Every shipped package: the production tree, and the trees of what is bundled into the window. */
function shipped() {
  const seen = new Set();
  const queue = [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
    ...BUNDLED,
  ]
    .map((name) => resolve('', name))
    .filter((key) => key !== undefined);
  for (const key of queue) {
    if (seen.has(key)) continue;
    seen.add(key);
    const entry = lock[key];
    for (const name of [...Object.keys(entry.dependencies ?? {}), ...Object.keys(entry.optionalDependencies ?? {})]) {
      if (name.startsWith('@types/')) continue;
      const next = resolve(key, name);
      if (next !== undefined) queue.push(next);
    }
  }
  return [...seen].sort();
}

const nameOf = (key) => key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The copyright line of an installed package, empty where its files name none. Packages of one platform are skipped. */
function copyright(key) {
  const entry = lock[key];
  const dir = path.join(root, key);
  if (entry.os || entry.cpu || entry.optional || !existsSync(dir)) return '';
  const file = readdirSync(dir)
    .sort()
    .find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  if (file === undefined) return '';
  const line = readFileSync(path.join(dir, file), 'utf8')
    .split('\n')
    .map((l) => l.trim())
    .find(
      (l) =>
        /^(\(c\)|copyright( \(c\)| ©)?) .*(\d{4}|[A-Z])/i.test(l) &&
        !/copyright (notice|owner|holder|license)/i.test(l),
    );
  return line ?? '';
}

const problems = [];
const libraries = [];
const separate = [];
for (const key of shipped()) {
  const name = nameOf(key);
  const { version } = lock[key];
  const license = lock[key].license ?? STATED_IN_FILES[`${name} ${version}`];
  const apart = SEPARATE.find(([pattern]) => pattern.test(name));
  if (apart !== undefined) separate.push(`${name} ${version}: ${apart[1]}; ${apart[2]}`);
  else {
    if (!PERMISSIVE.has(license))
      problems.push(
        `${name} ${version} has the licence "${license ?? 'none'}", which scripts/notice.mjs does not know`,
      );
    const by = copyright(key);
    libraries.push(`${name} ${version}: ${license}${by === '' ? '' : `; ${by}`}`);
  }
}
const models = Object.entries(MODEL_SOURCES).map(([name, what]) => {
  const entry = lock[`node_modules/${name}`];
  return `${name} ${entry.version}: ${entry.license}; ${what}`;
});

const text = `E4S Studio
Copyright (c) 2026 The E4S Studio developers, MIT licence (see LICENSE)

Made by "npm run notice" from package-lock.json.

Electron (MIT; it contains Chromium and Node.js with the licences in its LICENSES.chromium.html) is packed with the
desktop program.

Model files converted and shipped with the classic engine
---------------------------------------------------------
${models.join('\n')}

Separate programs and replaceable libraries
-------------------------------------------
${separate.join('\n')}

Libraries
---------
${[...new Set(libraries)].join('\n')}
`;

const target = path.join(root, 'NOTICE');
if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text)
    problems.push('NOTICE is out of date: run "npm run notice"');
} else {
  writeFileSync(target, text);
}
for (const problem of problems) console.error(problem);
console.log(
  `${problems.length === 0 ? 'ok  ' : 'FAIL'} notice (${libraries.length} libraries, ${separate.length} separate parts)`,
);
process.exit(problems.length === 0 ? 0 : 1);

// `npm test`: every check of the studio, one after the other, all of them even when one fails.
//   node scripts/test.mjs [step …]     only these steps
// The last line is `N passed, N failed`: the tests of all suites; a check that fails (lint, types, …) and an error that
// belongs to no test count as one more failure. All of them are named again before it, and the tests that passed only at
// a second attempt. The exit status tells whether all is well.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './lib/bundles.mjs';
import { filesBelow } from './lib/fresh.mjs';

const reports = mkdtempSync(path.join(os.tmpdir(), 'e4s-test-'));
const bin = (name) => path.join(root, 'node_modules', ...name.split('/'));
const script = (name) => path.join(root, 'scripts', name);
const tests = filesBelow(root, ['test']);

const check = (name, ...args) => ({ name, args });
const suite = (name, project, present) => ({
  name,
  args: [
    bin('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--reporter=default',
    `--reporter=${path.join(root, 'scripts/lib/suite-reporter.mjs')}`,
  ],
  report: path.join(reports, `${project}.json`),
  skip: !present,
});

const STEPS = [
  check('lint', bin('@biomejs/biome/bin/biome'), 'ci', '.'),
  check('layers', script('check-layers.mjs')),
  check('types', script('typecheck.mjs')),
  { ...check('notice', script('notice.mjs'), '--check'), skip: !existsSync(script('notice.mjs')) },
  suite('unit', 'unit', true),
  suite(
    'slow',
    'slow',
    tests.some((file) => file.endsWith('.slow.test.ts')),
  ),
  check('build', script('build.mjs')),
  suite(
    'e2e',
    'e2e',
    tests.some((file) => file.startsWith('test/e2e/') && file.endsWith('.test.ts')),
  ),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`unknown step ${unknown.join(', ')}; there are ${STEPS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

let current;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    current?.kill('SIGTERM');
    rmSync(reports, { recursive: true, force: true });
    process.exit(130);
  });
}

/** @returns {Promise<string | null>} how the program ended, null when well */
function run({ args, report }) {
  return new Promise((resolve) => {
    const env = report === undefined ? process.env : { ...process.env, E4S_SUITE_REPORT: report };
    current = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
    current.on('error', (error) => resolve(error.message));
    current.on('exit', (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`));
  });
}

const firstLines = (text) =>
  text
    .split('\n')
    .slice(0, 6)
    .map((line) => `       ${line}`)
    .join('\n');

/** What a step counts; one that ends badly without a failed test (it did not compile, it died) is one failure. */
function count({ report }, ended) {
  const nothing = { passed: 0, failed: 0, skipped: 0, failures: [], unsteady: [] };
  const counts = report && existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : nothing;
  if (ended === null || counts.failed > 0) return counts;
  return { ...counts, failed: 1, failures: [{ what: ended, says: '' }] };
}

const rows = [];
for (const step of STEPS) {
  if (step.skip || (wanted.length > 0 && !wanted.includes(step.name))) continue;
  console.log(`\n== ${step.name}`);
  const begin = performance.now();
  const ended = await run(step);
  const seconds = (performance.now() - begin) / 1000;
  rows.push({ name: step.name, seconds, ok: ended === null, ...count(step, ended) });
}
rmSync(reports, { recursive: true, force: true });

console.log('');
for (const { name, seconds, ok, passed, failed, skipped } of rows) {
  const counts = Object.entries({ passed, failed, skipped }).filter(([, number]) => number > 0);
  const what = counts.map(([word, number]) => `${number} ${word}`).join(', ');
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${what}`.trimEnd());
}
for (const { name, failures, unsteady } of rows) {
  for (const what of unsteady) console.log(`UNSTEADY ${name}: ${what} passed only at the second attempt`);
  for (const { what, says } of failures) console.log(`FAIL ${name}: ${what}${says && `\n${firstLines(says)}`}`);
}
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(rows.every(({ ok }) => ok) ? 0 : 1);

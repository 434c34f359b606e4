// `npm test`: every check of the studio, one after the other, all of them even when one fails.
//   node scripts/test.mjs [step …]     only these steps
// The last line is `N passed, N failed`: the tests of all suites; a check that fails (lint, types, …) counts as one more
// failure. Failed tests are named again before it. The exit status tells whether all is well.
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
    '--reporter=json',
    `--outputFile.json=${path.join(reports, `${project}.json`)}`,
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

/** @returns {Promise<boolean>} whether the program ended well */
function run(args) {
  return new Promise((resolve) => {
    current = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    current.on('error', () => resolve(false));
    current.on('exit', (code) => resolve(code === 0));
  });
}

/** Each failed test of a report: its file, its name and the first lines of what it says. */
const failuresOf = ({ testResults }) =>
  testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(root, name);
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    if (tests.length === 0) return message ? [`${file}\n${firstLines(message)}`] : [];
    return tests.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}\n${firstLines(failureMessages.join('\n'))}`,
    );
  });

const firstLines = (text) =>
  text
    .split('\n')
    .slice(0, 6)
    .map((line) => `       ${line}`)
    .join('\n');

/** A suite that ends badly without a failed test (it did not compile, a set-up failed) counts as one failure. */
function count(step, ok) {
  if (step.report === undefined) return { passed: 0, failed: ok ? 0 : 1, skipped: 0, failures: [] };
  if (!existsSync(step.report)) return { passed: 0, failed: 1, skipped: 0, failures: [] };
  const report = JSON.parse(readFileSync(step.report, 'utf8'));
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = report;
  const failed = numFailedTests === 0 && !ok ? 1 : numFailedTests;
  return { passed, failed, skipped, failures: failuresOf(report) };
}

const rows = [];
for (const step of STEPS) {
  if (step.skip || (wanted.length > 0 && !wanted.includes(step.name))) continue;
  console.log(`\n== ${step.name}`);
  const begin = performance.now();
  const ok = await run(step.args);
  rows.push({ name: step.name, seconds: (performance.now() - begin) / 1000, ok, ...count(step, ok) });
}
rmSync(reports, { recursive: true, force: true });

console.log('');
for (const { name, seconds, ok, passed, failed, skipped } of rows) {
  const counts = Object.entries({ passed, failed, skipped }).filter(([, number]) => number > 0);
  const what = counts.map(([word, number]) => `${number} ${word}`).join(', ');
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${what}`.trimEnd());
}
for (const { name, failures } of rows) {
  for (const failure of failures) console.log(`FAIL ${name}: ${failure}`);
}
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(rows.every(({ ok }) => ok) ? 0 : 1);

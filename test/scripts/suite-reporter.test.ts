import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
// @ts-expect-error a script without types
import SuiteReporter from '../../scripts/lib/suite-reporter.mjs';

interface Reported {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly what: string; readonly says: string }[];
  readonly unsteady: readonly string[];
}

const thrown = (message: string, cause?: object) => ({
  name: 'Error',
  message,
  stack: `Error: ${message}\n    at odd (/studio/test/odd.test.ts:3:1)\n    at run (/studio/node_modules/vitest/run.js:1:1)`,
  ...(cause ? { cause } : {}),
});

const test = (fullName: string, state: string, errors?: object[]) => ({
  fullName,
  result: () => ({ state, errors }),
  diagnostic: () => ({ flaky: fullName === 'unsteady' }),
});

function module(file: string, tests: object[], errors: object[] = []) {
  return { relativeModuleId: file, errors: () => errors, children: { allTests: () => tests, allSuites: () => [] } };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-report-'));
  vi.stubEnv('E4S_SUITE_REPORT', path.join(folder, 'report.json'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function reportOf(modules: object[], unhandled: object[] = []): Promise<Reported> {
  new SuiteReporter().onTestRunEnd(modules, unhandled);
  return JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8'));
}

describe('the report of a suite', () => {
  it('counts the tests and names the failed ones with their own lines', async () => {
    const report = await reportOf([
      module('a.test.ts', [
        test('good', 'passed'),
        test('later', 'skipped'),
        test('bad', 'failed', [thrown('1 is 2')]),
      ]),
    ]);
    expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
    expect(report.failures).toEqual([
      { what: 'a.test.ts: bad', says: 'Error: 1 is 2\n    at odd (/studio/test/odd.test.ts:3:1)' },
    ]);
  });

  it('names tests that needed a second attempt', async () => {
    const report = await reportOf([module('a.test.ts', [test('steady', 'passed'), test('unsteady', 'passed')])]);
    expect(report).toMatchObject({ passed: 2, failed: 0, unsteady: ['a.test.ts: unsteady'] });
  });

  it('counts a test that went down with its process, and a file that did not load', async () => {
    const report = await reportOf([
      module('a.test.ts', [test('gone', 'pending')]),
      module('b.test.ts', [], [thrown('does not load')]),
    ]);
    expect(report.failed).toBe(2);
    expect(report.failures.map(({ what }) => what)).toEqual(['a.test.ts: gone', 'b.test.ts']);
  });

  it('counts and explains errors that belong to no test', async () => {
    const report = await reportOf(
      [module('a.test.ts', [test('good', 'passed')])],
      [
        {
          ...thrown('nobody looked'),
          type: 'Unhandled Rejection',
          VITEST_TEST_PATH: 'a.test.ts',
          VITEST_TEST_NAME: 'good',
        },
        thrown('a worker ended', thrown('by a signal')),
      ],
    );
    expect(report).toMatchObject({ passed: 1, failed: 2 });
    expect(report.failures[0]?.what).toContain('Unhandled Rejection during');
    expect(report.failures[0]?.what).toContain('"good"');
    expect(report.failures[1]?.says).toMatch(/^Error: a worker ended\nError: by a signal\n/);
  });
});

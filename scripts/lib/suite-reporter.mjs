/**
 * What `npm test` wants to know of a suite, written as JSON to the file that `E4S_SUITE_REPORT` names: the counts, each
 * failed test with what it says, tests that needed a second attempt, and errors that belong to no test. Vitest's own JSON
 * report leaves the latter out, so a run could fail without a word of why.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** The message of an error with its causes, then where it happened: in our own files, if any of them is on the way. */
function told({ name = 'Error', message = '', stack = '', cause }) {
  const places = stack.split('\n').filter((line) => /^ +at /.test(line));
  const own = places.filter((line) => !/node_modules|\(?node:/.test(line));
  return [`${name}: ${message}`, ...(cause ? [told(cause)] : []), ...(own.length > 0 ? own : places)].join('\n');
}

const said = (errors) => errors.map(told).join('\n');

/** Where an error outside of the tests came from, as far as Vitest knows. */
function origin(error) {
  const { VITEST_TEST_PATH: file, VITEST_TEST_NAME: test } = error;
  const during = [file && path.relative(process.cwd(), file), test && `"${test}"`].filter(Boolean).join(', ');
  return `${error.type ?? 'Error outside of the tests'}${during ? ` during ${during}` : ''}`;
}

export default class SuiteReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: 0, skipped: 0, failures: [], unsteady: [] };
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        // A test that never ended went down with its process.
        const counted = state === 'pending' ? 'failed' : state;
        report[counted] += 1;
        const says = state === 'pending' ? 'it did not end' : said(errors ?? []);
        if (test.diagnostic()?.flaky) report.unsteady.push(`${file}: ${test.fullName}`);
        if (counted === 'failed') report.failures.push({ what: `${file}: ${test.fullName}`, says });
      }
      const broken = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
      if (broken.length > 0) {
        report.failed += 1;
        report.failures.push({ what: file, says: said(broken) });
      }
    }
    for (const error of unhandledErrors) {
      report.failed += 1;
      report.failures.push({ what: origin(error), says: said([error]) });
    }
    writeFileSync(process.env.E4S_SUITE_REPORT, JSON.stringify(report));
  }
}

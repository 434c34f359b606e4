/** Entry of the web shell as a program: starts it, prints its address, and ends with Ctrl-C. */
import { parseArgs } from 'node:util';
import { toReport } from '#engine/errors.ts';
import { ERROR_KINDS } from '#shared/errors.ts';
import { startWebShell } from './web.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, reason: { type: 'string' } } });

try {
  const shell = await startWebShell({
    port: values.port === undefined ? undefined : Number(values.port),
    fallbackReason: values.reason,
    log: (text) => process.stderr.write(text),
  });
  process.stdout.write(`${shell.url}\n`);
  let closing = false;
  const end = () => {
    // A second Ctrl-C means it: do not wait for anything.
    if (closing) process.exit(130);
    closing = true;
    void shell.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // Whoever started this program is gone.
  process.on('disconnect', end);
} catch (error) {
  const report = toReport(error);
  process.stderr.write(`e4s: ${report.message}${report.action === undefined ? '' : ` ${report.action}`}\n`);
  process.exit(ERROR_KINDS[report.kind].exitCode);
}

/** `e4s serve`: the studio in a browser of this machine. */
import { Command, Option } from 'commander';
import { type CommonOptions, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import { parseWhole } from '../options.ts';

interface ServeOptions extends CommonOptions {
  readonly port?: number;
}

export function serveCommand(context: CliContext): Command {
  return new Command('serve')
    .description('open the studio in a web browser of this machine')
    .addOption(new Option('--port <number>', 'a fixed port instead of a free one').argParser(parseWhole(1, 65535)))
    .action((options: ServeOptions) => serve(context, options));
}

/** Serves until the first interrupt; that is its ordinary end. */
async function serve(context: CliContext, options: ServeOptions): Promise<void> {
  const { startWebShell } = await import('#main/shells/web.ts');
  const shell = await startWebShell({ port: options.port, log: (text) => context.stderr.write(text) });
  try {
    await runAction(context, options, async (_log, printer) => {
      printer.result({ url: shell.url }, () => [shell.url]);
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await shell.close();
  }
}

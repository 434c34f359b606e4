/** `e4s bench`: published, repeatable measurements. */
import { Command, Option } from 'commander';
import { UsageError } from '#engine/errors.ts';
import { BENCHES, type BenchName } from '../../../../bench/index.ts';
import { type CommonOptions, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import { parseWhole } from '../options.ts';

interface BenchCommandOptions extends CommonOptions {
  readonly runs?: number;
  readonly source?: string;
  readonly target?: string;
  readonly clip?: string;
  readonly labels?: string;
  readonly size?: number;
  readonly frames?: number;
  readonly passes?: number;
}

const NAMES = Object.keys(BENCHES) as BenchName[];

export function benchCommand(context: CliContext): Command {
  return new Command('bench')
    .description('measure this machine')
    .argument('[name]', 'which measurement; without it they are listed')
    .addOption(new Option('--runs <number>', 'repetitions of each measurement').argParser(parseWhole(1, 1000)))
    .option('--source <photo>', 'photos to measure with instead of the samples')
    .option('--target <photo>')
    .option('--clip <video>', 'a video to measure with instead of the generated one')
    .option('--labels <map>', 'a CelebAMask-HQ label map for the network measurements')
    .addOption(new Option('--size <pixels>', 'side of the pictures of a tuned clip').argParser(parseWhole(64, 1024)))
    .addOption(new Option('--frames <number>', 'frames of a generated or tuned clip').argParser(parseWhole(1, 1000)))
    .addOption(new Option('--passes <number>', 'passes of the literal tuning schedule').argParser(parseWhole(1, 999)))
    .action((name: string | undefined, options: BenchCommandOptions) => bench(context, name, options));
}

async function bench(context: CliContext, name: string | undefined, options: BenchCommandOptions): Promise<void> {
  const chosen = NAMES.find((known) => known === name);
  if (name !== undefined && chosen === undefined) {
    throw new UsageError(`There is no measurement "${name}".`, { action: `There are: ${NAMES.join(', ')}.` });
  }
  await runAction(context, options, async (log, printer) => {
    if (chosen === undefined) {
      const rows = NAMES.map((known) => ({ name: known, summary: BENCHES[known].summary }));
      printer.result({ benches: rows }, () => rows.map((row) => `${row.name.padEnd(28)}${row.summary}`));
      return;
    }
    const { runs, source, target, clip, labels, size, frames, passes } = options;
    const report = await (await BENCHES[chosen].load())({
      runs,
      source,
      target,
      clip,
      labels,
      size,
      frames,
      passes,
      signal: context.signal,
      openStudio: context.openStudio,
      onProgress: (fraction, label) => log.progress({ fraction, label }),
    });
    printer.result(report.json, () => report.lines);
  });
}

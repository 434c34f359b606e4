/** The command line as a whole: a row for each command, and the way from arguments to an exit code. */
import { Command, CommanderError } from 'commander';
import { CancelledError, UsageError } from '#engine/errors.ts';
import { PRODUCT } from '#shared/product.ts';
import { withCommonOptions } from './command.ts';
import { benchCommand } from './commands/bench.ts';
import { detectCommand } from './commands/detect.ts';
import { doctorCommand } from './commands/doctor.ts';
import { jobsCommand } from './commands/jobs.ts';
import { modelsCommand } from './commands/models.ts';
import { networkCommand } from './commands/network.ts';
import { parseCommand } from './commands/parse.ts';
import { serveCommand } from './commands/serve.ts';
import { swapCommand } from './commands/swap.ts';
import { tuneCommand } from './commands/tune.ts';
import type { CliContext } from './context.ts';
import { isHelpShown, reportError, toUsageError } from './report.ts';

const COMMANDS: readonly ((context: CliContext) => Command)[] = [
  swapCommand,
  detectCommand,
  parseCommand,
  tuneCommand,
  jobsCommand,
  modelsCommand,
  networkCommand,
  doctorCommand,
  benchCommand,
  serveCommand,
];

export const PROGRAM = 'e4s';

const EXIT_CODES = [
  'Exit codes:',
  '  0  done                             4  a model pack or provider is missing',
  '  1  internal error                   5  no usable face where one is needed',
  '  2  wrong usage                      6  cancelled',
  '  3  unreadable or unsupported file',
].join('\n');

function createProgram(context: CliContext): Command {
  const program = new Command(PROGRAM)
    .description('Region-wise face swapping, entirely on your own machine.')
    .version(`${PRODUCT.name} ${PRODUCT.version}`, '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', `\n${EXIT_CODES}`);
  for (const create of COMMANDS) program.addCommand(create(context));
  for (const command of descendants(program)) {
    if (command.commands.length === 0) withCommonOptions(command);
    else if (command !== program) asGroup(command);
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .helpOption('--help', 'print this help')
      .configureOutput({
        writeOut: (text) => context.stdout.write(text),
        // Commander's own layout of errors: `reportError` writes them instead.
        writeErr: () => undefined,
      });
  }
  return program;
}

/** A command and all commands below it. */
const descendants = (command: Command): Command[] => [command, ...command.commands.flatMap(descendants)];

/** A command that only holds others: by itself it is a question. */
function asGroup(group: Command): void {
  const names = group.commands.map((command) => command.name()).join(', ');
  group
    .helpCommand(false)
    .allowExcessArguments()
    .action(() => {
      const [word] = group.args;
      throw new UsageError(word ? `There is no "${word}" in "${group.name()}".` : `Say which: ${names}.`, {
        action: `See "${PROGRAM} ${group.name()} --help".`,
      });
    });
}

/** A word that is no option is the likelier reason when an option is missing: Commander looks for that only afterwards. */
function graver(error: CommanderError, program: Command, argv: readonly string[]): CommanderError {
  if (error.code !== 'commander.missingMandatoryOptionValue') return error;
  let command = program;
  let rest = [...argv];
  for (;;) {
    const next = command.commands.find((row) => row.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  if (!command.parseOptions(rest).unknown.some((word) => word.startsWith('-'))) return error;
  for (const option of command.options) option.makeOptionMandatory(false);
  try {
    // It ends at the unknown option, with Commander's own words for it, before the command is run.
    program.parse([...argv], { from: 'user' });
  } catch (unknown) {
    if (unknown instanceof CommanderError) return unknown;
    throw unknown;
  }
  return error;
}

/**
 * Runs one command.
 * @param argv the arguments after the program's name
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  const program = createProgram(context);
  const command = program.commands.find((row) => row.name() === argv[0]);
  const name = command ? `${PROGRAM} ${command.name()}` : PROGRAM;
  // Read by hand: an error may come before the options are parsed.
  const options = {
    verbose: argv.includes('--verbose'),
    json: argv.some((word, i) => word === '--progress=json' || (word === '--progress' && argv[i + 1] === 'json')),
  };
  try {
    if (argv.length === 0) throw new UsageError('No command was given.', { action: `See "${PROGRAM} --help".` });
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (isHelpShown(error)) return 0;
    // An abort surfaces as whatever the interrupted call makes of it.
    if (context.signal.aborted && !(error instanceof CancelledError))
      return reportError(context.signal.reason, context.stderr, options);
    const complaint = error instanceof CommanderError ? toUsageError(graver(error, program, argv), name) : error;
    return reportError(complaint, context.stderr, options);
  }
}

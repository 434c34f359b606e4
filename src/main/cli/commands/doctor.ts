/** `e4s doctor`: what works on this machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { MissingPackError } from '#engine/errors.ts';
import type { DoctorReport } from '#engine/host/doctor.ts';
import { type CommonOptions, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';

interface DoctorOptions extends CommonOptions {
  readonly inline?: boolean;
}

export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('check providers, models, ffmpeg and folders')
    .addOption(new Option('--inline').hideHelp())
    .action((options: DoctorOptions) => doctor(context, options));
}

async function doctor(context: CliContext, options: DoctorOptions): Promise<void> {
  let ok = false;
  await runAction(context, options, async (log, printer) => {
    log.progress({ fraction: 0, label: 'Examining' });
    const report = options.inline ? await examineHere() : await examineInChild(context.signal);
    ok = report.ok;
    printer.result(report, () => describe(report));
  });
  if (!ok) {
    throw new MissingPackError('The classic engine cannot run on this machine.', {
      action: 'The lines above say what is missing.',
    });
  }
}

const examineHere = async (): Promise<DoctorReport> => (await import('#engine/host/doctor.ts')).examineSystem();

/**
 * Graphics drivers write to the terminal and may take their process down: they are tried in one that can be lost.
 * Where it ends without an answer, the examination runs here, and says what this process can say.
 */
async function examineInChild(signal: AbortSignal): Promise<DoctorReport> {
  const program = process.argv[1];
  if (program === undefined) return examineHere();
  const answer = await promisify(execFile)(process.execPath, [program, 'doctor', '--json', '--inline'], {
    signal,
    maxBuffer: 1 << 24,
    windowsHide: true,
  }).catch((error: unknown) => error as { stdout?: unknown; name?: unknown });
  if ('name' in answer && answer.name === 'AbortError') throw answer;
  try {
    return JSON.parse(String(answer.stdout)) as DoctorReport;
  } catch {
    return examineHere();
  }
}

const mark = (good: boolean): string => (good ? 'ok  ' : '--  ');

function describePacks(packs: DoctorReport['models']['packs']): string[] {
  const there = packs.filter(({ state }) => state !== 'missing');
  if (there.length === 0) return ['none  "e4s models list" says what they are for'];
  return there.map(({ id, state }) => `${mark(state === 'ready')}${id}${state === 'ready' ? '' : `  ${state}`}`);
}

function describe(report: DoctorReport): string[] {
  const tool = (name: 'ffmpeg' | 'ffprobe'): string => {
    const { path, version, source, reason } = report[name];
    return `${mark(path !== null)}${name.padEnd(12)}${[path && `${version}, ${path} (${source})`, reason].filter(Boolean).join('  ')}`;
  };
  return [
    Object.entries(report.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    '',
    'Providers',
    ...report.providers.map(
      ({ id, available, self_test, reason }) =>
        `${mark(available && self_test === 'passed')}${id.padEnd(12)}${[available && `self-test ${self_test}`, reason].filter(Boolean).join('  ')}`,
    ),
    '',
    'Models of the classic engine',
    ...report.models.classic.map(({ file, ok, reason }) => `${mark(ok)}${file}${reason ? `  ${reason}` : ''}`),
    '',
    'Imported packs',
    ...describePacks(report.models.packs),
    '',
    'Data folders',
    ...report.data.folders.map(
      ({ path, writable, reason }) => `${mark(writable)}${path}${reason ? `  ${reason}` : ''}`,
    ),
    '',
    'Video',
    tool('ffmpeg'),
    tool('ffprobe'),
    '',
    report.ok ? 'The classic engine can run.' : 'The classic engine cannot run.',
  ];
}

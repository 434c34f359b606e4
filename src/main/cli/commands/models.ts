/** `e4s models`: packs of weights, what they are for, and how they come in. */
import { Command } from 'commander';
import { InputError } from '#engine/errors.ts';
import { ensureHome, findHome } from '#engine/files/home.ts';
import { FEATURES, type FeatureId } from '#engine/weights/catalogue.ts';
import { type ImportReport, importPath } from '#engine/weights/import.ts';
import { listPacks, missingFor, type PackStatus, verifyPacks } from '#engine/weights/packs.ts';
import { type CommonOptions, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';

interface ImportCommandOptions extends CommonOptions {
  readonly replace?: boolean;
}

export function modelsCommand(context: CliContext): Command {
  return new Command('models')
    .description('list, import or verify the packs of weights')
    .addCommand(
      new Command('list')
        .description('what is there, what it is for and under which terms')
        .action((options: CommonOptions) => list(context, options)),
    )
    .addCommand(
      new Command('import')
        .description('convert published weights (.pt, .pth, .safetensors) and keep them')
        .argument('<path>', 'a file, or a folder that is searched')
        .option('--replace', 'take the place of packs that came from another file')
        .action((path: string, options: ImportCommandOptions) => importModels(context, path, options)),
    )
    .addCommand(
      new Command('verify')
        .description('read every imported byte and compare it with what was imported')
        .action((options: CommonOptions) => verify(context, options)),
    );
}

const packObject = ({
  id,
  title,
  state,
  reason,
  licence,
  commercial,
  page,
  optional,
  features,
  files,
}: PackStatus) => ({
  id,
  title,
  state,
  reason: reason ?? null,
  licence,
  commercial,
  page,
  optional,
  features,
  files: files.map(({ name, present, weights }) => ({
    name,
    present,
    weights: weights.map(({ network, file, bytes, sha256, source }) => ({ network, file, bytes, sha256, source })),
  })),
});

const COMMERCIAL = {
  yes: 'commercial use allowed',
  no: 'no commercial use',
  unknown: 'commercial use not stated',
} as const;

async function list(context: CliContext, options: CommonOptions): Promise<void> {
  await runAction(context, options, async (_log, printer) => {
    const { packs: folder } = findHome();
    const packs = await listPacks(folder);
    const features = await Promise.all(
      (Object.keys(FEATURES) as FeatureId[]).map(async (id) => {
        const missing = (await missingFor(folder, id)).map((pack) => pack.id);
        return { id, title: FEATURES[id], ready: missing.length === 0, missing };
      }),
    );
    printer.result({ folder, packs: packs.map(packObject), features }, () => [
      ...packs.flatMap((pack) => [
        `${pack.state.padEnd(11)}${pack.id.padEnd(22)}${pack.title}${pack.optional ? ' (optional)' : ''}`,
        `${' '.repeat(11)}for: ${pack.features.map((feature) => FEATURES[feature]).join('; ')}`,
        `${' '.repeat(11)}${pack.licence} (${COMMERCIAL[pack.commercial]})`,
        ...(pack.state === 'ready'
          ? []
          : [
              `${' '.repeat(11)}${pack.reason ?? `needs ${pack.files.map(({ name }) => name).join(' and ')}`} ${pack.page}`,
            ]),
      ]),
      '',
      ...features.map(
        ({ title, ready, missing }) =>
          `${ready ? 'ok  ' : '--  '}${title}${ready ? '' : `: needs ${missing.join(', ')}`}`,
      ),
      '',
      `Packs lie in ${folder}`,
    ]);
  });
}

const STEPS = { read: 'Reading', convert: 'Converting' } as const;
/** Outcomes that a user has to know about. */
const TROUBLE: ReadonlySet<string> = new Set(['refused', 'incomplete', 'unknown']);

async function importModels(context: CliContext, from: string, options: ImportCommandOptions): Promise<void> {
  const { signal } = context;
  let report: ImportReport | undefined;
  await runAction(context, options, async (log, printer) => {
    const home = findHome();
    await ensureHome(home);
    const found = await importPath(home.packs, from, {
      signal,
      replace: options.replace ?? false,
      onProgress: ({ file, index, count, step, fraction }) =>
        log.progress({
          fraction: (index + (step === 'read' ? fraction * 0.4 : 0.4 + fraction * 0.6)) / count,
          label: `${STEPS[step]} ${file}`,
          detail: { file, step },
        }),
    });
    report = found;
    const files = found.files.map(({ file, outcome, pack, message }) => ({
      file,
      outcome,
      pack: pack ?? null,
      message,
    }));
    printer.result({ files, ignored: found.ignored, packs: found.packs.map(packObject) }, () => [
      ...found.files.map(({ file, outcome, message }) => `${outcome.padEnd(11)}${file}: ${message}`),
      ...(found.ignored > 0 ? [`${found.ignored} other files are no weights.`] : []),
      ...missingLines(found.packs),
    ]);
  });
  const files = report?.files ?? [];
  const useful = files.some(({ outcome }) => outcome === 'imported' || outcome === 'present' || outcome === 'kept');
  const [first] = files.filter(({ outcome }) => TROUBLE.has(outcome));
  // A folder may hold strangers beside what was wanted; damage and a lone wrong file are failures.
  if (first !== undefined && (!useful || files.some(({ outcome }) => outcome === 'refused'))) {
    throw new InputError(first.message, {
      file: first.file,
      action: '"e4s models list" says where each file is published.',
    });
  }
  if (files.length === 0) {
    throw new InputError('There are no weights here.', { file: from, action: '"e4s models list" names the files.' });
  }
}

function missingLines(packs: readonly PackStatus[]): string[] {
  const missing = packs.filter(({ state, optional }) => state !== 'ready' && !optional);
  return missing.length === 0
    ? ['All packs are there.']
    : [
        'Still missing:',
        ...missing.map(
          ({ id, files, page }) => `  ${id.padEnd(22)}${files.map(({ name }) => name).join(', ')}  ${page}`,
        ),
      ];
}

async function verify(context: CliContext, options: CommonOptions): Promise<void> {
  let damaged: { id: string; problems: readonly string[] } | undefined;
  await runAction(context, options, async (log, printer) => {
    const packs = await verifyPacks(findHome().packs, {
      signal: context.signal,
      onProgress: ({ pack, file, fraction }) =>
        log.progress({ fraction, label: `Verifying ${pack}/${file}`, detail: { pack, file } }),
    });
    damaged = packs.find(({ state }) => state === 'damaged');
    printer.result({ packs, ok: damaged === undefined }, () =>
      packs.length === 0
        ? ['No packs are imported.']
        : packs.flatMap(({ id, state, problems }) => [
            `${state.padEnd(11)}${id}`,
            ...problems.map((text) => `${' '.repeat(11)}${text}`),
          ]),
    );
  });
  if (damaged !== undefined) {
    throw new InputError(damaged.problems[0] ?? 'It is damaged.', { file: damaged.id, action: 'Import it again.' });
  }
}

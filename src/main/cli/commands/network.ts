/** `e4s network`: any single network on given tensors, for tests, research and reports. */
import path from 'node:path';
import { Command, Option } from 'commander';
import { UsageError } from '#engine/errors.ts';
import { assertWritable, isSameFile } from '#engine/files/atomic.ts';
import { findHome } from '#engine/files/home.ts';
import type { NetworkDefinition, TensorNote } from '#engine/networks/definition.ts';
import { DEVICES, type DeviceId } from '#shared/settings.ts';
import { type CommonOptions, peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';

interface RunOptions extends CommonOptions {
  readonly weights: readonly string[];
  readonly inputs: string;
  readonly out: string;
  readonly provider: DeviceId;
  readonly saveGradients?: boolean;
}

export function networkCommand(context: CliContext): Command {
  return new Command('network')
    .description('list the networks, or run one on given tensors')
    .addCommand(
      new Command('list')
        .description('names, inputs and outputs')
        .action((options: CommonOptions) => list(context, options)),
    )
    .addCommand(
      new Command('run')
        .description('run one network once')
        .argument('<name>')
        .addOption(
          new Option('--weights <file>', '.safetensors, .pt or .pth with upstream keys; may be given several times')
            .argParser((file: string, files: readonly string[]) => [...files, file])
            .default([], 'the imported packs'),
        )
        .requiredOption('--inputs <file>', 'safetensors with a tensor for each input')
        .requiredOption('--out <file>', 'safetensors for the outputs')
        .addOption(new Option('--provider <device>', 'where to compute').choices(DEVICES).default('cpu'))
        .option('--save-gradients', 'training steps also write the gradient of each weight')
        .action((name: string, options: RunOptions) => run(context, name, options)),
    );
}

/** The tables, loaded when they are needed: they bring the whole graph library. */
async function loadNetworks(): Promise<readonly NetworkDefinition[]> {
  const [{ NETWORKS }, { TRAINING_NETWORKS }] = await Promise.all([
    import('#engine/networks/index.ts'),
    import('#engine/tuning/networks.ts'),
  ]);
  return [...NETWORKS, ...TRAINING_NETWORKS];
}

const noteObject = (notes: Readonly<Record<string, TensorNote>>) =>
  Object.entries(notes).map(([name, { shape, note, optional }]) => ({
    name,
    shape,
    note,
    optional: optional ?? false,
  }));

async function list(context: CliContext, options: CommonOptions): Promise<void> {
  await runAction(context, options, async (_log, printer) => {
    const networks = await loadNetworks();
    const line = (arrow: string, notes: Readonly<Record<string, TensorNote>>): string[] =>
      Object.entries(notes).map(
        ([name, { shape, note, optional }]) =>
          `    ${arrow} ${name} [${shape.join(', ')}]  ${note}${optional ? ' (optional)' : ''}`,
      );
    printer.result(
      {
        networks: networks.map(({ name, summary, inputs, outputs, weights }) => ({
          name,
          summary,
          inputs: noteObject(inputs),
          outputs: noteObject(outputs),
          weights: weights.map((row) => row.network),
        })),
      },
      () =>
        networks.flatMap(({ name, summary, inputs, outputs }) => [
          `${name}: ${summary}`,
          ...line('in ', inputs),
          ...line('out', outputs),
        ]),
    );
  });
}

async function run(context: CliContext, name: string, options: RunOptions): Promise<void> {
  await runAction(context, options, async (log, printer) => {
    const networks = await loadNetworks();
    const network = networks.find((row) => row.name === name);
    if (network === undefined) {
      throw new UsageError(`There is no network "${name}"; there are ${networks.map((row) => row.name).join(', ')}.`);
    }
    for (const file of [options.inputs, ...options.weights]) {
      if (await isSameFile(options.out, file)) {
        throw new UsageError('This file is read by the same command.', {
          file: options.out,
          action: 'Choose another name for --out.',
        });
      }
    }
    await assertWritable(options.out);
    const { runNetwork } = await import('#engine/networks/run-network.ts');
    log.progress({ fraction: 0, label: `Running ${name}` });
    const { outputs, milliseconds, provider, fallbacks } = await runNetwork({
      network,
      inputs: options.inputs,
      out: options.out,
      weights: options.weights,
      packs: findHome().packs,
      device: options.provider,
      selfTests: path.join(findHome().cache, 'self-tests.json'),
      saveGradients: options.saveGradients,
      signal: context.signal,
    });
    const listed = Object.entries(outputs).map(([output, { dims }]) => ({ name: output, shape: dims }));
    printer.result(
      {
        out: options.out,
        network: name,
        provider,
        passed_over: fallbacks.map((row) => ({ id: row.provider, reason: row.reason })),
        outputs: listed,
        milliseconds: Object.fromEntries(Object.entries(milliseconds).map(([step, ms]) => [step, rounded(ms, 1)])),
        peak_rss_bytes: peakRssBytes(),
      },
      () => [
        `${options.out}: ${listed.map((row) => `${row.name} [${row.shape.join(', ')}]`).join(', ')}`,
        ...fallbacks.map((row) => `${row.provider} was passed over: ${row.reason}`),
        `built in ${rounded(milliseconds.build, 0)} ms, opened in ${rounded(milliseconds.open, 0)} ms, ran in ${rounded(milliseconds.run, 0)} ms`,
      ],
    );
  });
}

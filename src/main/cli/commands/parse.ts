/** `e4s parse`: the 12-region label map of a face. */
import { Command, Option } from 'commander';
import { assertWritable, writeFileAtomic } from '#engine/files/atomic.ts';
import { encodeLabelMap } from '#engine/image/label-map-file.ts';
import { labelsOverPhoto } from '#engine/pipeline/photo-label-map.ts';
import { REGIONS } from '#shared/regions.ts';
import { type CommonOptions, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import { missingFace } from '../missing-face.ts';
import { chooseFaces, type OneFace, parseMapName, parseOneFace } from '../options.ts';
import { refuseOverwriting } from '../swap/checks.ts';

interface ParseOptions extends CommonOptions {
  readonly out: string;
  readonly face: OneFace;
  readonly thorough?: boolean;
  readonly crop: boolean;
  readonly frame: 'photo' | 'crop';
}

export function parseCommand(context: CliContext): Command {
  return new Command('parse')
    .description('write the 12-region label map of a face')
    .argument('<photo>')
    .addOption(
      new Option('--out <map>', 'a .png whose palette index is the label, 0 to 11')
        .argParser(parseMapName)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--face <which>', 'largest, or its number').argParser(parseOneFace).default('largest'))
    .option('--thorough', 'search for small and turned faces too')
    .addOption(
      new Option('--frame <which>', 'what the map covers: the photo, or the aligned crop of the face')
        .choices(['photo', 'crop'])
        .default('photo'),
    )
    .option('--no-crop', 'the photo is an aligned crop already')
    .action((photo: string, options: ParseOptions) => parse(context, photo, options));
}

async function parse(context: CliContext, file: string, options: ParseOptions): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    await refuseOverwriting(options.out, [file]);
    await assertWritable(options.out);
    await using studio = await context.openStudio();
    log.progress({ fraction: 0, label: `Opening ${file}` });
    const photo = await studio.open({ path: file, name: file }, { thorough: options.thorough ?? false }, { signal });
    for (const notice of photo.notices) log.warning(`${file}: ${notice}`);
    const [face] = chooseFaces(photo.faces, options.face);
    if (!face) throw missingFace(photo, options.face);
    log.progress({ fraction: 0.5, label: 'Parsing' });
    const parsed = await studio.parse(photo.photo, face.index, { signal, crop: options.crop });
    const map =
      options.frame === 'photo'
        ? labelsOverPhoto(parsed, photo.width, photo.height)
        : { width: parsed.size, height: parsed.size, labels: parsed.labels };
    const { width, height, labels } = map;
    await writeFileAtomic(options.out, encodeLabelMap(map), { signal });
    const regions = REGIONS.map(({ id, index }) => ({
      id,
      label: index,
      share: rounded(labels.reduce((sum, label) => sum + (label === index ? 1 : 0), 0) / labels.length, 5),
    }));
    printer.result({ out: options.out, width, height, face: face.index, regions }, () => [
      `${options.out}: ${width} x ${height}, face ${face.index}`,
      ...regions.map(
        ({ id, label, share }) =>
          `${String(label).padStart(4)}  ${id.padEnd(11)}${(share * 100).toFixed(1).padStart(5)} %`,
      ),
    ]);
  });
}

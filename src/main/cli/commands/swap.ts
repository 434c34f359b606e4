/** The options of `e4s swap`. */
import { Command, Option } from 'commander';
import { REGION_IDS } from '#shared/regions.ts';
import { DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS, ENGINE_IDS } from '#shared/settings.ts';
import type { CliContext } from '../context.ts';
import {
  collectPhotosOfFaces,
  parseFaceChoice,
  parseOneFace,
  parsePictureName,
  parseRegions,
  parseStrength,
  parseWhole,
} from '../options.ts';
import type { SwapOptions } from '../swap/options.ts';
import { runSwap } from '../swap/run.ts';

const HELP = `
A list of regions is names separated by commas, each with an amount where wanted
(eyes,nose:0.5), or "none". Regions: ${REGION_IDS.slice(0, 6).join(', ')},
${REGION_IDS.slice(6).join(', ')}.
Faces are counted from 0; "e4s detect" lists them.

Examples:
  e4s swap --source anna.jpg --target party.jpg --out swapped.png
  e4s swap --source anna.jpg --target party.jpg --out swapped.jpg \\
    --face all --regions eyes,brows --recolor 0.7
  e4s swap --assign 0=anna.jpg --assign 2=ben.jpg --target party.jpg \\
    --out swapped.png`;

export function swapCommand(context: CliContext): Command {
  return new Command('swap')
    .description('put the face of one photo into another')
    .option('--source <photo>', 'whose face')
    .requiredOption('--target <photo>', 'the photo to change')
    .addOption(
      new Option('--out <file>', 'the result: .png, .jpg, .webp or .tif')
        .argParser(parsePictureName)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--engine <name>', 'auto takes rgi where its model packs are there')
        .choices(['auto', ...ENGINE_IDS])
        .default(DEFAULT_SWAP_SETTINGS.engine),
    )
    .addOption(
      new Option('--face <which>', 'face of the target: largest (default), all, or its number').argParser(
        parseFaceChoice,
      ),
    )
    .addOption(
      new Option('--source-face <which>', 'face of the source: largest (default) or its number').argParser(
        parseOneFace,
      ),
    )
    .addOption(
      new Option('--assign <n=photo>', 'instead of --source: a photo for face n; may be repeated').argParser(
        collectPhotosOfFaces,
      ),
    )
    .option('--thorough', 'search for small and turned faces too')
    .addOption(new Option('--regions <list>', 'regions that come from the source').argParser(parseRegions))
    .addOption(new Option('--texture <list>', 'the same for the texture alone').argParser(parseRegions))
    .addOption(new Option('--shape <list>', 'the same for the shape alone').argParser(parseRegions))
    .addOption(
      new Option('--amount <0..1>', 'strength of the exchange')
        .argParser(parseStrength)
        .default(DEFAULT_SWAP_SETTINGS.amount),
    )
    .addOption(
      new Option('--recolor <0..1>', "how far the target's light and skin tone are taken on")
        .argParser(parseStrength)
        .default(DEFAULT_SWAP_SETTINGS.recolor),
    )
    .option('--no-crop', 'both photos are aligned crops already')
    .addOption(
      new Option('--quality <1..100>', 'of JPEG and WebP; 100 makes WebP lossless')
        .argParser(parseWhole(1, 100))
        .default(DEFAULT_EXPORT_SETTINGS.quality),
    )
    .addOption(
      new Option('--metadata <what>', "what becomes of the target's EXIF and XMP")
        .choices(['keep', 'strip'])
        .default(DEFAULT_EXPORT_SETTINGS.metadata),
    )
    .option('--stages <folder>', 'also write a picture of every stage')
    .addHelpText('after', HELP)
    .action((options: SwapOptions) => runSwap(context, options));
}

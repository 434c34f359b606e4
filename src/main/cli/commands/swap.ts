/** The options of `e4s swap`. */
import { Command, Option } from 'commander';
import { VIDEO_PRESETS } from '#shared/jobs.ts';
import { REGION_IDS } from '#shared/regions.ts';
import { DEFAULT_EXPORT_SETTINGS, DEFAULT_SWAP_SETTINGS, ENGINE_IDS, VIDEO_DETAILS } from '#shared/settings.ts';
import { VIDEO_CODECS } from '#shared/video-formats.ts';
import type { CliContext } from '../context.ts';
import {
  collectPhotosOfFaces,
  parseFaceChoice,
  parseOneFace,
  parseRegions,
  parseStrength,
  parseWhole,
} from '../options.ts';
import { photoOptions, type SwapArguments } from '../swap/arguments.ts';
import { collectFiles } from '../swap/refined.ts';
import { collectRegionsOfPhotos } from '../swap/region-sources.ts';
import { runSwap } from '../swap/run.ts';
import { isVideoTarget } from '../swap/target-kind.ts';
import { DEFAULT_VIDEO_QUALITY, parseMaxFrames, parseTrim } from '../video/options.ts';
import { runVideoSwap } from '../video/run.ts';
import { parseNumber } from '../video/tuning.ts';

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
    --out swapped.png
  e4s swap --source anna.jpg --target clip.mp4 --out swapped.mp4

In a video, --face N is a face of the first frame, --assign N=photo gives person
N a photo, and several --source go to the people in order. An interrupt pauses
the job; "e4s jobs" lists and resumes jobs.`;

export function swapCommand(context: CliContext): Command {
  return new Command('swap')
    .description('put the face of a photo into another photo or a video')
    .addOption(
      new Option('--source <photo>', 'whose face').argParser((photo: string, before: readonly string[] = []) => [
        ...before,
        photo,
      ]),
    )
    .requiredOption('--target <photo>', 'the photo or video to change')
    .requiredOption(
      '--out <file>',
      'the result: .png, .jpg, .webp or .tif; of a video .mp4, .mov, .mkv or .webm, or a new folder for its pictures',
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
      new Option(
        '--from <regions=photo>',
        'regions that come from another photo (rgi engine); may be repeated',
      ).argParser(collectRegionsOfPhotos),
    )
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
    .option('--refined', 'take the refined style vectors that the data folder keeps of these faces (rgi engine)')
    .addOption(
      new Option(
        '--refined-from <file>',
        'take those of a file of "e4s tune photo" (rgi engine); may be repeated',
      ).argParser(collectFiles),
    )
    .option('--no-crop', 'both photos are aligned crops already')
    .addOption(
      new Option(
        '--quality <1..100>',
        `of JPEG and WebP (${DEFAULT_EXPORT_SETTINGS.quality}; 100 makes WebP lossless) and of videos (${DEFAULT_VIDEO_QUALITY})`,
      ).argParser(parseWhole(1, 100)),
    )
    .addOption(
      new Option('--metadata <what>', "what becomes of the target's EXIF and XMP")
        .choices(['keep', 'strip'])
        .default(DEFAULT_EXPORT_SETTINGS.metadata),
    )
    .option('--stages <folder>', 'also write a picture of every stage')
    .addOption(new Option('--max-frames <n>', 'frames of a video, -1 is all').argParser(parseMaxFrames))
    .addOption(
      new Option(
        '--trim <in..out>',
        'range of a video: seconds, or frames as in 25f..100f; one side may be empty',
      ).argParser(parseTrim),
    )
    .addOption(new Option('--codec <name>', 'of a video (h264)').choices(VIDEO_CODECS))
    .addOption(new Option('--preset <name>', 'work for a small file (balanced)').choices(VIDEO_PRESETS))
    .addOption(new Option('--detail <name>', 'of faces in a video (fast)').choices(VIDEO_DETAILS))
    .option('--pti', 'tune the generator to the people of a video first (rgi engine)')
    .addOption(
      new Option('--pti-steps <n>', 'passes of tuning at most (80); 0 only loads weights').argParser(
        parseWhole(0, 999),
      ),
    )
    .addOption(new Option('--pti-lr <x>', 'learning rate of tuning (0.001)').argParser(parseNumber(1e-9, 1)))
    .addOption(
      new Option('--recolor-lambda <x>', "weight of the target's colours in tuning (5)").argParser(parseNumber(0, 100)),
    )
    .option('--pti-resume <file>', 'tuned weights to begin with: of this studio, or PTI_G_lr*_iters*.pth')
    .addHelpText('after', HELP)
    .action(async (options: SwapArguments) =>
      (await isVideoTarget(options.target, options.out))
        ? runVideoSwap(context, options)
        : runSwap(context, photoOptions(options)),
    );
}

/** The options of `e4s tune`: tuning by itself, of a video job or of a photo. */
import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { parseOneFace, parseWhole } from '../options.ts';
import { type TuneJobOptions, tuneJob } from '../tune/job.ts';
import { type KeptOptions, tuneRefined } from '../tune/kept.ts';
import { type TunePhotoOptions, tunePhoto } from '../tune/photo.ts';
import { parseNumber } from '../video/tuning.ts';

export function tuneCommand(context: CliContext): Command {
  const group = new Command('tune').description('tune the generator to a clip, or style vectors to a photo');
  group
    .command('job')
    .argument('<job>', 'a video job that does not run; "e4s jobs list" names them')
    .description('tune a video job and stop before its frames are swapped')
    .addOption(new Option('--pti-steps <n>', 'passes at most').argParser(parseWhole(0, 999)))
    .addOption(new Option('--pti-lr <x>', 'learning rate').argParser(parseNumber(1e-9, 1)))
    .addOption(new Option('--recolor-lambda <x>', "weight of the target's colours").argParser(parseNumber(0, 100)))
    .option('--pti-resume <file>', 'tuned weights to begin with: of this studio, or PTI_G_lr*_iters*.pth')
    .option('--out <file>', 'also copy the tuned weights here (.safetensors)')
    .action((id: string, options: TuneJobOptions) => tuneJob(context, id, options));
  group
    .command('photo')
    .argument('<photo>')
    .description('refine the style vectors of a face until the generator draws it as it is')
    .requiredOption('--out <file>', 'the refined vectors (.safetensors), for "e4s swap --refined-from"')
    .option('--into <photo>', 'refine the face in the pose of a face of this photo, as a swap into it takes it')
    .addOption(new Option('--into-face <which>', 'largest, or its number').argParser(parseOneFace).default('largest'))
    .option('--keep', 'also keep them in the data folder, for the studio and "e4s swap --refined"')
    .option('--preview <file>', 'the face as the result draws it (.png)')
    .addOption(new Option('--steps <n>', 'steps on the style vectors').argParser(parseWhole(0, 10_000)).default(50))
    .addOption(new Option('--lr <x>', 'their learning rate').argParser(parseNumber(1e-9, 10)).default(0.01))
    .option('--generator <file>', 'then tune the generator to this one photo, and write its weights here')
    .addOption(new Option('--generator-steps <n>', 'its steps').argParser(parseWhole(1, 10_000)).default(200))
    .addOption(new Option('--generator-lr <x>', 'its learning rate').argParser(parseNumber(1e-9, 1)).default(0.001))
    .addOption(new Option('--face <which>', 'largest, or its number').argParser(parseOneFace).default('largest'))
    .option('--no-crop', 'the photos are aligned crops already')
    .action((photo: string, options: TunePhotoOptions) => tunePhoto(context, photo, options));
  group
    .command('refined')
    .description('list the refined faces that the data folder keeps')
    .option('--remove <id>', 'remove one of them')
    .option('--clear', 'remove all of them')
    .action((options: KeptOptions) => tuneRefined(context, options));
  return group;
}

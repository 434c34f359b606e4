/** `e4s detect`: the faces of a photo. */
import { Command } from 'commander';
import { type CommonOptions, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';

interface DetectOptions extends CommonOptions {
  readonly thorough?: boolean;
}

export function detectCommand(context: CliContext): Command {
  return new Command('detect')
    .description('list the faces of a photo')
    .argument('<photo>')
    .option('--thorough', 'search for small and turned faces too')
    .action((photo: string, options: DetectOptions) => detect(context, photo, options));
}

async function detect(context: CliContext, file: string, options: DetectOptions): Promise<void> {
  await runAction(context, options, async (log, printer) => {
    await using studio = await context.openStudio();
    log.progress({ fraction: 0, label: `Opening ${file}` });
    const { signal } = context;
    const photo = await studio.open({ path: file, name: file }, { thorough: options.thorough ?? false }, { signal });
    for (const notice of photo.notices) log.warning(`${file}: ${notice}`);
    const dense = options.json
      ? await Promise.all(photo.faces.map((face) => studio.denseLandmarks(photo.photo, face.index)))
      : [];
    printer.result(
      {
        width: photo.width,
        height: photo.height,
        faces: photo.faces.map((face, i) => ({
          index: face.index,
          box: face.box.map((value) => rounded(value, 2)),
          size: rounded(Math.max(face.box[2], face.box[3]), 2),
          score: rounded(face.score, 4),
          yaw: rounded(face.yaw, 2),
          pitch: rounded(face.pitch, 2),
          roll: rounded(face.roll, 2),
          landmarks_68: face.landmarks68.map((point) => point.map((value) => rounded(value, 2))),
          landmarks_dense: triples(dense[i]),
          warnings: face.warnings,
        })),
      },
      () => [
        `${file}: ${photo.width} x ${photo.height}, ${photo.faces.length === 1 ? '1 face' : `${photo.faces.length} faces`}`,
        ...(photo.faces.length > 0 ? [HEADER] : []),
        ...photo.faces.flatMap((face) => [
          [
            String(face.index).padStart(4),
            face.box.map((value) => String(Math.round(value)).padStart(6)).join(''),
            face.score.toFixed(2).padStart(7),
            ...[face.yaw, face.pitch, face.roll].map((degrees) => degrees.toFixed(0).padStart(6)),
          ].join(''),
          ...face.warnings.map(({ message }) => `      ${message}`),
        ]),
      ],
    );
  });
}

const HEADER = 'face     x     y     w     h  score   yaw pitch  roll';

function triples(points: Float32Array | undefined): number[][] {
  if (!points) return [];
  return Array.from({ length: points.length / 3 }, (_, i) =>
    [...points.subarray(i * 3, i * 3 + 3)].map((value) => rounded(value, 2)),
  );
}

/** The encoded parts of a job on disk: which are finished, and what became of their frames. */
import { rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { ENCODERS, type EncoderSettings } from '#engine/video/encoders.ts';
import { type FrameRange, frameRangeSchema } from '#shared/jobs.ts';
import { PARTS_OF_PICTURES } from './free-space.ts';
import { type JobFolder, segmentFile, segmentReport } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';
import type { Manifest } from './manifest.ts';
import { type Part, partsOf } from './parts.ts';

const reportSchema = z.strictObject({
  first: z.int(),
  end: z.int(),
  /** Size of the encoded file. */
  bytes: z.int(),
  ranges: z.array(frameRangeSchema),
});
export type SegmentReport = z.infer<typeof reportSchema>;

/** How the parts are encoded: pictures are made from parts that lose nothing. */
export function partEncoder({ settings }: Pick<Manifest, 'settings'>): EncoderSettings {
  return settings.output === 'pictures' ? { codec: PARTS_OF_PICTURES, quality: 100, preset: 'fast' } : settings.encoder;
}

/** The file of a part. */
export const partFile = (folder: JobFolder, manifest: Pick<Manifest, 'settings'>, part: number): string =>
  segmentFile(folder, part, ENCODERS[partEncoder(manifest).codec].segmentMuxer);

/** A part is finished with this, its last file. @throws StorageError */
export async function finishPart(
  folder: JobFolder,
  manifest: Manifest,
  { number, first, end }: Part,
  ranges: readonly FrameRange[],
): Promise<SegmentReport> {
  const { size } = await stat(partFile(folder, manifest, number));
  const report = { first, end, bytes: size, ranges: [...ranges] };
  await writeJson(segmentReport(folder, number), report);
  return report;
}

/** What became of a part's frames; undefined where it is not finished, or its file is not the one that was written. */
export async function readPart(folder: JobFolder, manifest: Manifest, part: Part): Promise<SegmentReport | undefined> {
  const report = await readJson(segmentReport(folder, part.number), reportSchema);
  if (report?.first !== part.first || report.end !== part.end) return undefined;
  const info = await stat(partFile(folder, manifest, part.number)).catch(() => undefined);
  return info?.size === report.bytes ? report : undefined;
}

/** The finished parts from the start up to the first that is missing. */
export async function finishedParts(folder: JobFolder, manifest: Manifest): Promise<SegmentReport[]> {
  const reports: SegmentReport[] = [];
  for (const part of partsOf(manifest)) {
    const report = await readPart(folder, manifest, part);
    if (report === undefined) break;
    reports.push(report);
  }
  return reports;
}

/** Throws all encoded parts away. */
export const removeSegments = ({ segments }: JobFolder): Promise<void> =>
  rm(segments, { recursive: true, force: true });

/**
 * What was seen of a clip's faces, as files: each holds consecutive frames of one run, which is everything that was looked
 * at without a break. Their names say which, so that any range can be put together from what is there.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FrameSpan } from '#shared/jobs.ts';

export interface FaceRecord extends FrameSpan {
  readonly file: string;
  /** The frame with which its run began. The same run looks at the same frame in the same way, whoever repeats it. */
  readonly run: number;
}

/** Frames that nobody has looked at yet. */
export interface FaceGap extends FrameSpan {
  /** The record that ends where the gap begins: its run goes on. Without one another run begins. */
  readonly behind: FaceRecord | undefined;
}

export interface Coverage {
  /** In the order of their frames; each is used from `first` up to `end` of its own, which may be less than it holds. */
  readonly pieces: readonly FaceRecord[];
  readonly gaps: readonly FaceGap[];
}

const DIGITS = 7;
const NAME = /^(\d{7})-(\d{7})-(\d{7})\.faces$/;
const digits = (frame: number): string => String(frame).padStart(DIGITS, '0');

/** Clips have at most 2.2 million frames. */
export const recordName = ({ run, first, end }: Omit<FaceRecord, 'file'>): string =>
  `${digits(run)}-${digits(first)}-${digits(end)}.faces`;

/** The records of a folder, of which files with other names are none. A folder that is not there has none. */
export async function listRecords(folder: string): Promise<FaceRecord[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name): FaceRecord[] => {
    const [, run, first, end] = NAME.exec(name)?.map(Number) ?? [];
    if (run === undefined || first === undefined || end === undefined || end <= first) return [];
    return [{ file: path.join(folder, name), run, first, end }];
  });
}

/** Puts a range together from as few runs as possible. Pure. */
export function coverRange(records: readonly FaceRecord[], { first, end }: FrameSpan): Coverage {
  const pieces: FaceRecord[] = [];
  const gaps: FaceGap[] = [];
  let whole: FaceRecord | undefined;
  for (let frame = first; frame < end; ) {
    const run = farthestRun(records, frame);
    const record = run === undefined ? undefined : longestAt(records, run, frame);
    if (record !== undefined) {
      const until = Math.min(record.end, end);
      pieces.push({ ...record, first: frame, end: until });
      whole = record;
      frame = until;
      continue;
    }
    const next = records.reduce((least, { first: at }) => (at > frame ? Math.min(least, at) : least), end);
    gaps.push({ first: frame, end: next, behind: whole?.end === frame ? whole : undefined });
    whole = undefined;
    frame = next;
  }
  return { pieces, gaps };
}

/** The run that goes on farthest from a frame on; undefined where none has it. */
function farthestRun(records: readonly FaceRecord[], frame: number): number | undefined {
  let best: { readonly run: number; readonly reach: number } | undefined;
  for (const run of new Set(records.map((record) => record.run))) {
    let reach = frame;
    for (let next = longestAt(records, run, reach); next; next = longestAt(records, run, reach)) reach = next.end;
    // Of equals the one that began last: it looked most closely at where the range begins.
    if (reach > frame && (!best || reach > best.reach || (reach === best.reach && run > best.run)))
      best = { run, reach };
  }
  return best?.run;
}

/** The record of a run that has the frame and ends last. */
function longestAt(records: readonly FaceRecord[], run: number, frame: number): FaceRecord | undefined {
  return records
    .filter((record) => record.run === run && record.first <= frame && frame < record.end)
    .reduce<FaceRecord | undefined>((best, record) => (best && best.end >= record.end ? best : record), undefined);
}

/** How many frames of a range have been looked at. */
export async function lookedFrames(folder: string, span: FrameSpan): Promise<number> {
  const { gaps } = coverRange(await listRecords(folder), span);
  return span.end - span.first - gaps.reduce((sum, { first, end }) => sum + end - first, 0);
}

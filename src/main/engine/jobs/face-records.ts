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

/** Puts a range together from as few runs as possible. Pure; long clips have thousands of records. */
export function coverRange(records: readonly FaceRecord[], { first, end }: FrameSpan): Coverage {
  const runs = runsOf(records);
  const pieces: FaceRecord[] = [];
  const gaps: FaceGap[] = [];
  let whole: FaceRecord | undefined;
  for (let frame = first; frame < end; ) {
    const record = recordAt(runs, frame);
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

/** The records of a run in the order of their first frames. */
interface Run {
  readonly number: number;
  readonly firsts: readonly number[];
  /** Of the records up to each, the one that ends last. */
  readonly longest: readonly FaceRecord[];
  /** Where the run breaks off that goes on behind each. */
  readonly reach: readonly number[];
}

function runsOf(records: readonly FaceRecord[]): Run[] {
  const byRun = new Map<number, FaceRecord[]>();
  for (const record of records) {
    const own = byRun.get(record.run);
    if (own) own.push(record);
    else byRun.set(record.run, [record]);
  }
  return [...byRun].map(([number, own]) => {
    const ordered = own.toSorted((a, b) => a.first - b.first);
    let last: FaceRecord | undefined;
    const longest = ordered.map((record) => {
      if (!last || record.end > last.end) last = record;
      return last;
    });
    const reach = longest.map(({ end }) => end);
    for (let i = reach.length - 2; i >= 0; i--) if (ordered[i + 1]!.first <= reach[i]!) reach[i] = reach[i + 1]!;
    return { number, firsts: ordered.map(({ first }) => first), longest, reach };
  });
}

/** The record to use at a frame: the longest of the run that goes on farthest. Undefined where no run has the frame. */
function recordAt(runs: readonly Run[], frame: number): FaceRecord | undefined {
  let best: { readonly run: number; readonly reach: number; readonly record: FaceRecord } | undefined;
  for (const { number: run, firsts, longest, reach: reaches } of runs) {
    const at = lastUpTo(firsts, frame);
    const [record, reach] = [longest[at], reaches[at]];
    if (record === undefined || reach === undefined || record.end <= frame) continue;
    // Of equals the one that began last: it looked most closely at where the range begins.
    if (!best || reach > best.reach || (reach === best.reach && run > best.run)) best = { run, reach, record };
  }
  return best?.record;
}

/** The last index of an ascending list whose number is at most `value`; -1 where none is. */
function lastUpTo(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How many frames of a range have been looked at. */
export async function lookedFrames(folder: string, span: FrameSpan): Promise<number> {
  const { gaps } = coverRange(await listRecords(folder), span);
  return span.end - span.first - gaps.reduce((sum, { first, end }) => sum + end - first, 0);
}

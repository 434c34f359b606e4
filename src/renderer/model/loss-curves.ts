/** The losses of a tuning as curves: pure numbers, from rows to what is drawn and said. */
import { type LossName, type LossRow, TUNING_STAGES, type TuningInfo } from '#shared/tuning.ts';

export interface CurvePoint {
  readonly update: number;
  readonly value: number;
}

/** A logarithm needs something above zero; losses below this are as good as none. */
const FLOOR = 1e-6;

/** The values of one loss in the order of the updates. */
export function curveOf(rows: readonly LossRow[], name: LossName): CurvePoint[] {
  return rows.flatMap(({ update, losses }) => {
    const value = losses[name];
    return value === undefined || !Number.isFinite(value) ? [] : [{ update, value: Math.max(value, FLOOR) }];
  });
}

/** Updates that a trend looks at: about a pass over the key frames, half of them before and half behind. */
const TREND_SPAN = 15;

/** The trend behind values that jump from frame to frame: the mean of the logarithms around each update. */
export function trendOf(points: readonly CurvePoint[], span = TREND_SPAN): CurvePoint[] {
  const reach = span >> 1;
  const sums = [0];
  for (const { value } of points) sums.push((sums.at(-1) as number) + Math.log(value));
  return points.map(({ update }, at) => {
    // Near the ends the look is shorter on both sides, so that it is never one-sided.
    const near = Math.min(reach, at, points.length - 1 - at);
    const sum = (sums[at + near + 1] as number) - (sums[at - near] as number);
    return { update, value: Math.exp(sum / (2 * near + 1)) };
  });
}

/** At most so many points: neighbours become their mean; the last one stays. */
export function thinned(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const size = Math.ceil(points.length / most);
  const thin: CurvePoint[] = [];
  for (let from = 0; from < points.length; from += size) {
    const group = points.slice(from, from + size);
    const log = group.reduce((sum, { value }) => sum + Math.log(value), 0) / group.length;
    thin.push({ update: (group.at(-1) as CurvePoint).update, value: Math.exp(log) });
  }
  return thin;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A little more than what all curves need; null without points. */
export function valueRange(curves: readonly (readonly CurvePoint[])[]): Range | null {
  const values = curves.flatMap((curve) => curve.map(({ value }) => value));
  if (values.length === 0) return null;
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  // A flat curve still needs a height.
  const room = Math.max((high / low) ** 0.06, 1.1);
  return { low: low / room, high: high * room };
}

const STEPS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];
const FEWEST_TICKS = 3;

/** Round values inside a range, for the lines of a logarithmic scale. */
export function logTicks({ low, high }: Range): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  let ticks: number[] = [];
  for (const steps of STEPS) {
    ticks = [];
    for (let power = first; power <= last; power++)
      for (const step of steps) {
        const tick = step * 10 ** power;
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    if (ticks.length >= FEWEST_TICKS) break;
  }
  return ticks;
}

/** 0 at the low end of the range, 1 at the high one. */
export const logShare = ({ low, high }: Range, value: number): number => Math.log(value / low) / Math.log(high / low);

/** Round numbers of updates for the lower edge. @param most how many at most */
export function updateTicks(last: number, most: number): number[] {
  if (last < 1) return [];
  const rough = last / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const ticks: number[] = [];
  for (let tick = step; tick <= last; tick += step) ticks.push(Math.round(tick));
  return ticks;
}

/** The row whose update is nearest; rows are in order. */
export function nearestRow(rows: readonly LossRow[], update: number): LossRow | null {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as LossRow).update < update) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [rows[low - 1], rows[low]];
  if (!before || !after) return after ?? before ?? null;
  return update - before.update < after.update - update ? before : after;
}

/** Three digits that matter: 12.3, 0.0456. */
export function lossText(value: number): string {
  if (value >= 0.001 && value < 1000) return String(Number(value.toPrecision(3)));
  return value.toExponential(1);
}

/** Rows for a table: the first, the last, and evenly between them. */
export function sampledRows(rows: readonly LossRow[], most: number): LossRow[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, at) => rows[Math.round((at * (rows.length - 1)) / (most - 1))] as LossRow);
}

export const stageOf = ({ stage }: Pick<TuningInfo, 'stage'>) => TUNING_STAGES.find(({ id }) => id === stage);

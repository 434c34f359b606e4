/** Follows a schedule of personal tuning and looks at the full loss of the clip on the way. */
import { throwIfCancelled } from '#engine/errors.ts';
import { afterUpdate, nextUpdate, SCHEDULE_START, type ScheduleState, type Stage } from '#engine/tuning/schedule.ts';
import type { Tuner, TunerOptions } from '#engine/tuning/tuner.ts';

/** Everything that walks share. */
export interface ScheduleGround {
  /** Number of frames of the clip. */
  readonly frames: number;
  readonly learningRate: number;
  /** Opens a tuner at the start weights. */
  readonly tuner: (change?: Partial<TunerOptions>) => Promise<Tuner>;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Processor time of this process so far. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export interface WalkPoint {
  readonly updates: number;
  /** Mean full loss of the frames that are looked at. */
  readonly loss: number;
}

export interface Walk extends WalkPoint {
  /** Whether the loss came down to the goal. */
  readonly reached: boolean;
  /** The lowest loss that was seen, and after how many updates first. */
  readonly lowest: WalkPoint;
  readonly curve: readonly WalkPoint[];
  /** Updates in each stage. */
  readonly byStage: Readonly<Record<string, number>>;
  /** Processor seconds spent on the features of targets. */
  readonly prepare: number;
}

/** Frames at most that are looked at: neighbours in a long clip tell the same. */
const LOOKED_AT = 24;

/** Frames that speak for a clip as a whole, the same distance apart; all of a short one. */
function evenlySpread(frames: number): number[] {
  const count = Math.min(frames, LOOKED_AT);
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * frames) / count));
}

/** Above the goal by no more than this factor, looks come four times as often. */
const NEAR = 1.5;

/**
 * Follows stages until they end, or until the mean loss of the clip is down at `goal`.
 * @param every updates between two looks at the loss, fewer near the goal
 */
export async function walkSchedule(
  ground: ScheduleGround,
  name: string,
  stages: readonly Stage[],
  { every, goal }: { readonly every: number; readonly goal?: number },
): Promise<Walk> {
  const { frames, learningRate, say, signal } = ground;
  await using tuner = await ground.tuner();
  const looked = evenlySpread(frames);
  const lossOfClip = async (): Promise<number> => {
    let sum = 0;
    for (const frame of looked) sum += (await tuner.evaluate(frame)).losses['loss'] as number;
    return sum / looked.length;
  };
  const curve: WalkPoint[] = [{ updates: 0, loss: await lossOfClip() }];
  const byStage: Record<string, number> = {};
  const prepared = new Set<string>();
  let prepare = 0;
  let state: ScheduleState = SCHEDULE_START;
  for (let next = nextUpdate(stages, state); next !== undefined; next = nextUpdate(stages, state)) {
    throwIfCancelled(signal);
    const { id, scale, frames: chosen, keepFeatures } = next.stage;
    if (keepFeatures && !prepared.has(id)) {
      const begin = processorSeconds();
      await tuner.prepare(scale, chosen);
      prepare += processorSeconds() - begin;
      prepared.add(id);
    }
    const { losses, update } = await tuner.update(next, learningRate * next.rate);
    byStage[id] = (byStage[id] ?? 0) + 1;
    state = afterUpdate(stages, state, { loss: losses['loss'] as number, likeness: 1 });
    const near = goal !== undefined && (curve.at(-1) as WalkPoint).loss <= goal * NEAR;
    const pause = near ? Math.max(1, Math.floor(every / 4)) : every;
    if (update % pause !== 0 && nextUpdate(stages, state) !== undefined) continue;
    const loss = await lossOfClip();
    curve.push({ updates: update, loss });
    say(`${name}: ${update} updates, loss ${loss.toFixed(4)}`);
    if (goal !== undefined && loss <= goal) break;
  }
  const { updates, loss } = curve.at(-1) as WalkPoint;
  const lowest = curve.reduce((best, point) => (point.loss < best.loss ? point : best));
  return { updates, loss, lowest, curve, byStage, prepare, reached: goal === undefined || loss <= goal };
}

/**
 * In which precision the updates of a tuning are computed. Half precision has to earn its place: the provider must have
 * it, and the first update of every graph is looked at in both before one of them moves anything. What was decided
 * travels with checkpoints, so that a tuning that is taken up again goes on as it would have.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { computesInHalf, reasonOf } from '#engine/tensor/self-test.ts';
import type { DeviceId } from '#shared/settings.ts';

export const PRECISIONS = ['full', 'half'] as const;
export type Precision = (typeof PRECISIONS)[number];
/** `auto` is half where the provider has it and the numbers agree; `half` asks neither, and is for tests. */
export type PrecisionWish = Precision | 'auto';

/**
 * What gradients are multiplied by while they are halves: the gradient of a mean over a picture by one of its samples is
 * about 1e-7, less than halves hold. A power of two, which changes no digit.
 */
export const LOSS_SCALE = 2 ** 12;

/** The norm of all gradients together, without the scale: an output of steps with a loss scale. */
export const GRADIENT_NORM = 'gradient.norm';

/** Largest differences, as parts of the number in full precision. */
const LOSS_TOLERANCE = 0.01;
const NORM_TOLERANCE = 0.05;

/** The terms of a loss and what Adam does are computed in float32 whatever their operations are. */
export const staysFull = ({ scope }: Value): boolean =>
  scope.split('/').some((part) => part === 'loss' || part === 'adam');

/** A gradient left the range of halves: the update is made again in full precision. */
export class HalfOverflowError extends Error {}

export type Numbers = Readonly<Record<string, number>>;

/** How far the numbers of an update in half precision are from those in full: the worst of them, and whether that is fine. */
export function compareNumbers(
  full: Numbers,
  half: Numbers,
): { readonly agree: boolean; readonly worst: string; readonly apart: number } {
  const rows = Object.entries(full).map(([name, value]) => {
    const apart = half[name] === value ? 0 : Math.abs((half[name] ?? Number.NaN) - value) / Math.abs(value);
    const share = apart / (name === GRADIENT_NORM ? NORM_TOLERANCE : LOSS_TOLERANCE);
    // What is no number is as bad as can be.
    return { name, apart, share: Number.isNaN(share) ? Number.POSITIVE_INFINITY : share };
  });
  const worst = rows.reduce((most, row) => (row.share > most.share ? row : most));
  return { agree: worst.share <= 1, worst: worst.name, apart: worst.apart };
}

/** Hears what the user should know about how it is tuned. What it throws ends the tuning. */
export type OnNotice = (text: string) => Promise<void> | void;

export interface PrecisionOptions {
  readonly wish: PrecisionWish;
  readonly device: DeviceId | undefined;
  /** What an earlier part of this tuning decided, by graph. */
  readonly decided?: Readonly<Record<string, Precision>> | undefined;
  readonly onNotice?: OnNotice | undefined;
}

/** The precision of every graph of a tuning, by the graph's key. */
export class PrecisionChoice {
  readonly #options: PrecisionOptions;
  readonly #decided: Record<string, Precision>;

  private constructor(options: PrecisionOptions, decided: Record<string, Precision>) {
    this.#options = options;
    this.#decided = decided;
  }

  /** Asks the provider, where that matters. Sessions run `auto` on the CPU. */
  static async open(options: PrecisionOptions): Promise<PrecisionChoice> {
    const { wish, device = 'cpu', decided = {}, onNotice } = options;
    const began = Object.values(decided).includes('half');
    if (wish !== 'auto') return new PrecisionChoice(options, { ...decided });
    const { half, reason } = await computesInHalf(device === 'auto' ? 'cpu' : device);
    if (half) return new PrecisionChoice(options, { ...decided });
    if (began) await onNotice?.(`Tuning began in half precision and goes on in full: ${reason}.`);
    return new PrecisionChoice({ ...options, wish: 'full' }, {});
  }

  /** What checkpoints keep; undefined where there never was a choice. */
  get decided(): Readonly<Record<string, Precision>> | undefined {
    return Object.keys(this.#decided).length === 0 ? undefined : { ...this.#decided };
  }

  /** Undefined where both have to be looked at first. */
  of(graph: string): Precision | undefined {
    const known = this.#decided[graph];
    if (known !== undefined) return known;
    // What was too coarse for one graph is not tried on the next.
    if (Object.values(this.#decided).includes('full')) return 'full';
    return this.#options.wish === 'auto' ? undefined : this.#options.wish;
  }

  /** @param full numbers of the same update in full precision @param half and in half */
  async decide(graph: string, full: Numbers, half: Numbers): Promise<Precision> {
    const { agree, worst, apart } = compareNumbers(full, half);
    const percent = Number.isFinite(apart) ? `${(100 * apart).toFixed(2)} %` : 'more than can be said';
    const difference = `the first update differs by ${percent} in ${worst}`;
    const precision = agree ? 'half' : 'full';
    this.#decided[graph] = precision;
    await this.#options.onNotice?.(
      agree ? `Tuning in half precision: ${difference} at most.` : `Tuning in full precision: ${difference} in half.`,
    );
    return precision;
  }

  /** The device has halves, but not for this graph. */
  async refused(graph: string, error: unknown): Promise<Precision> {
    this.#decided[graph] = 'full';
    await this.#options.onNotice?.(
      `Tuning in full precision: half is not possible on this device (${reasonOf(error)}).`,
    );
    return 'full';
  }

  /** From here on everything is computed in full precision. */
  async overflowed(graph: string, { message }: HalfOverflowError): Promise<void> {
    for (const known of Object.keys(this.#decided)) this.#decided[known] = 'full';
    this.#decided[graph] = 'full';
    await this.#options.onNotice?.(`${message} Tuning goes on in full precision.`);
  }
}

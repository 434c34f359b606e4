/** One tuning while it runs: what is known of it, its pictures, and what the users want of it. */
import type { TuningSubject } from '#engine/jobs/run.ts';
import type { TuningPictures } from '#engine/jobs/tuning-pictures.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import type { LossRow, TuningInfo } from '#shared/tuning.ts';

export interface LiveTuningOptions {
  readonly info: TuningInfo;
  readonly rows: readonly LossRow[];
  readonly subject: TuningSubject;
  readonly pictures: TuningPictures;
  /** Hears of every change, and of the losses that came with it. */
  readonly onChange: (rows: LossRow[]) => void;
}

export class LiveTuning {
  readonly #options: LiveTuningOptions;
  readonly #rows: LossRow[];
  #info: TuningInfo;
  /** Of the frames of the tuning. */
  #watched: number | undefined;
  #pictures: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LiveTuningOptions) {
    this.#options = options;
    this.#info = options.info;
    this.#rows = [...options.rows];
  }

  get info(): TuningInfo {
    return this.#info;
  }

  get rows(): readonly LossRow[] {
    return this.#rows;
  }

  get watchedFrame(): number | undefined {
    return this.#watched;
  }

  take(event: TuningEvent): void {
    switch (event.type) {
      case 'prepare':
        this.#change({ stage: event.stage, preparing: { done: event.done, total: event.total } });
        break;
      case 'saved':
        this.#change({ saved: event.update });
        break;
      case 'update': {
        const { stage, total, updatesPerSecond, secondsLeft, update, losses } = event;
        const row = { update, frame: this.#inClip(event.frame), losses: { ...losses } };
        this.#rows.push(row);
        this.#change({ stage, total, updatesPerSecond, secondsLeft, updates: update, preparing: null }, [row]);
        break;
      }
      case 'preview':
        this.#pictures = this.#pictures
          .then(() => this.#show(event))
          .catch((error: unknown) => {
            this.#failure ??= { error };
          });
        break;
      default:
        event satisfies never;
    }
  }

  /** @param frame of the clip; the nearest one that is tuned on is looked at */
  look(frame: number): void {
    const apart = this.#options.subject.clipFrames.map((own) => Math.abs(own - frame));
    this.#watched = apart.indexOf(Math.min(...apart));
  }

  finish(): void {
    this.#change({ finishing: true });
  }

  /** Resolves when the last picture is written. @throws what writing threw */
  async settled(): Promise<void> {
    await this.#pictures;
    if (this.#failure) throw this.#failure.error;
  }

  async #show({ frame, update, reconstruction }: Extract<TuningEvent, { type: 'preview' }>): Promise<void> {
    const { subject, pictures } = this.#options;
    const { driven, recolored } = await subject.frames.read(frame);
    const picture = { frame: this.#inClip(frame), update };
    await pictures.write(picture, { reconstruction, driven, recolored });
    this.#change({ picture });
  }

  #change(change: Partial<TuningInfo>, rows: LossRow[] = []): void {
    this.#info = { ...this.#info, ...change };
    this.#options.onChange(rows);
  }

  #inClip(index: number): number {
    return this.#options.subject.clipFrames[index] ?? index;
  }
}

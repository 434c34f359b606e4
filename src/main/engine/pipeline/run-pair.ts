/** The pipeline (paper sections 3.1 to 3.3) for one pair of faces: the one place that knows the order of the stages. */
import { UsageError } from '#engine/errors.ts';
import type { RegionId } from '#shared/regions.ts';
import type { SwapSettings } from '#shared/settings.ts';
import type { AlignedFace } from './aligned-face.ts';
import type { EngineStages, RegionDriven, SwappedPair } from './engine-stages.ts';
import { stagePicture } from './stage-picture.ts';
import type { StageRunner } from './stage-runner.ts';

/** A face to be aligned: `key` names it for the caches. */
export interface PairSide {
  readonly key: string;
  align(): Promise<AlignedFace>;
}

/** A further source: the regions that come from it in the first one's place. */
export interface RegionSide {
  readonly side: PairSide;
  readonly regions: readonly RegionId[];
}

/** Style vectors that take the place of those that an engine finds, by the key of a face or of a pair. */
export interface RefinedVectors {
  /** `mark` is another one for other vectors: it goes into the keys of what is made with them. */
  get(key: string): { readonly mark: string; readonly vectors: Float32Array<ArrayBuffer> } | undefined;
}

/** What a run of a pair may take beside its two faces and the settings. */
export interface PairExtras {
  readonly others?: readonly RegionSide[] | undefined;
  readonly refined?: RefinedVectors | undefined;
  /** A draft is enough, where the engine has them. */
  readonly draft?: boolean | undefined;
}

/** The key of a parsed face, and of a source driven by it. */
export const faceKey = (engine: string, { key }: Pick<PairSide, 'key'>): string => `${engine}|${key}`;
export const drivenKey = (engine: string, source: Pick<PairSide, 'key'>, target: Pick<PairSide, 'key'>): string =>
  `${faceKey(engine, source)}>${target.key}`;

/**
 * Runs all stages from alignment to inpainting; stages with known keys come from the cache.
 * @throws UsageError for several sources where the engine takes one
 */
export async function runPair<Face, Driven, Exchanged, Generated, Recolored, Source>(
  engine: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  targetSide: PairSide,
  sourceSide: PairSide,
  settings: SwapSettings,
  runner: StageRunner,
  { others = [], refined, draft = false }: PairExtras = {},
): Promise<SwappedPair> {
  if (others.length > 0 && !engine.manySources) {
    throw new UsageError(`The ${engine.id} engine takes all regions of a face from one source.`, {
      action: 'Choose the rgi engine, or one source.',
    });
  }
  const { signal } = runner;
  const read = await readPair(engine, targetSide, sourceSide, runner, { refined, draft });
  const { alignedTarget, alignedSource, target, source, driven, drive, readSource } = read;
  const further: RegionDriven<Driven>[] = [];
  for (const { side, regions } of others) {
    further.push({ driven: await drive(side, (await readSource(side)).source, target), regions });
  }

  const sources = [sourceSide, ...others.map(({ side }) => side)];
  const refinable = [faceKey(engine.id, targetSide), ...sources.map((side) => drivenKey(engine.id, side, targetSide))];
  const pair = [
    drivenKey(engine.id, sourceSide, targetSide),
    ...others.map(({ side, regions }) => `${side.key}:${regions.join()}`),
    ...refinable.flatMap((key) => refined?.get(key)?.mark ?? []),
    ...(read.draft ? [DRAFT] : []),
  ].join('+');
  const key = (stage: Parameters<typeof engine.settingsKey>[0]) => `${pair}|${engine.settingsKey(stage, settings)}`;
  const exchanged = await runner.run('exchange', key('exchange'), () =>
    engine.exchange(source, target, driven, settings, further, signal),
  );
  const generated = await runner.run('generate', key('generate'), () =>
    engine.generate(source, target, exchanged, settings, signal),
  );
  const recolored = await runner.run('recolor', key('recolor'), () =>
    engine.recolor(source, target, exchanged, generated, settings, signal),
  );
  const blended = await runner.run('blend', key('blend'), () =>
    engine.blend(source, target, exchanged, generated, recolored, settings, signal),
  );
  const inpainted = await runner.run('inpaint', key('inpaint'), () =>
    engine.inpaint(source, target, exchanged, generated, recolored, blended, settings, signal),
  );
  const states = {
    alignedTarget,
    alignedSource,
    target,
    source,
    driven,
    exchanged,
    generated,
    recolored,
    blended,
    inpainted,
    settings,
  };
  return {
    draft: read.draft,
    alignedTarget,
    result: inpainted,
    // About the faces that the result is made from, of which a draft sees less.
    warnings: () => engine.warnings(read.whole.source, read.whole.target, exchanged),
    picture: (stage) => stagePicture(stage, states, (drawn) => engine.picture(drawn, states)),
  };
}

/** What keys of a draft's stages have beside those of a full result. */
const DRAFT = 'draft';
export const isDraftKey = (key: string): boolean => key.includes(`+${DRAFT}`);

/**
 * Both faces as the engine knows them, the source driven by the target, with refined vectors where there are some. Faces
 * of a draft are made from the whole ones, so nothing is looked for twice.
 */
export async function readPair<Face, Driven, Exchanged, Generated, Recolored, Source>(
  engine: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  targetSide: PairSide,
  sourceSide: PairSide,
  runner: StageRunner,
  { refined, draft = false }: Pick<PairExtras, 'refined' | 'draft'> = {},
) {
  const { signal } = runner;
  const { ofDriven } = engine;
  const less = draft ? engine.draft : undefined;
  const better = <Parsed extends Face | Driven>(key: string, face: Parsed): Parsed => {
    const found = refined?.get(key);
    return found && engine.withVectors ? engine.withVectors(face, found.vectors) : face;
  };
  const parse = (aligned: AlignedFace) => () => engine.parse(aligned, signal);
  const readSource = async (side: PairSide): Promise<{ aligned: AlignedFace; source: Source }> => {
    const aligned = await runner.run('source', side.key, () => side.align());
    const key = faceKey(engine.id, side);
    const source = ofDriven
      ? await runner.run('reenact', key, () => ofDriven.source(aligned, signal))
      : ((await runner.run('parse-source', key, parse(aligned))) as Face & Source);
    return { aligned, source };
  };
  const drive = async (side: PairSide, source: Source, target: Face): Promise<Driven> => {
    const key = drivenKey(engine.id, side, targetSide) + (isDraft ? `+${DRAFT}` : '');
    const driven = await runner.run('reenact', key, () => engine.reenact(source, target, signal));
    return ofDriven ? better(key, await runner.run('parse-source', key, () => ofDriven.parse(driven, signal))) : driven;
  };

  const aligned = await runner.run('align', targetSide.key, () => targetSide.align());
  const from = await readSource(sourceSide);
  const key = faceKey(engine.id, targetSide);
  const face = better(key, await runner.run('parse-target', key, parse(aligned)));
  const whole = { target: face, source: from.source };
  const alignedTarget = less?.aligned(aligned) ?? aligned;
  const isDraft = alignedTarget !== aligned;
  const alignedSource = isDraft && less ? less.aligned(from.aligned) : from.aligned;
  const target = isDraft && less ? less.parsed(face, alignedTarget) : face;
  // Engines with drafts have faces for sources.
  const source =
    isDraft && less ? (less.parsed(from.source as Face & Source, alignedSource) as Face & Source) : from.source;
  const driven = await drive(sourceSide, source, target);
  return { draft: isDraft, whole, alignedTarget, alignedSource, target, source, driven, drive, readSource };
}

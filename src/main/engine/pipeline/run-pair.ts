/** The pipeline (paper sections 3.1 to 3.3) for one pair of faces: the one place that knows the order of the stages. */
import { UsageError } from '#engine/errors.ts';
import type { RegionId } from '#shared/regions.ts';
import type { SwapSettings } from '#shared/settings.ts';
import type { AlignedFace } from './aligned-face.ts';
import type { EngineStages, RegionDriven, SwappedPair } from './engine-stages.ts';
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
  others: readonly RegionSide[] = [],
): Promise<SwappedPair> {
  if (others.length > 0 && !engine.manySources) {
    throw new UsageError(`The ${engine.id} engine takes all regions of a face from one source.`, {
      action: 'Choose the rgi engine, or one source.',
    });
  }
  const { signal } = runner;
  const { ofDriven } = engine;
  const parse = (aligned: AlignedFace) => () => engine.parse(aligned, signal);
  const readSource = async (side: PairSide): Promise<{ aligned: AlignedFace; source: Source }> => {
    const aligned = await runner.run('source', side.key, () => side.align());
    const key = `${engine.id}|${side.key}`;
    const source = ofDriven
      ? await runner.run('reenact', key, () => ofDriven.source(aligned, signal))
      : ((await runner.run('parse-source', key, parse(aligned))) as Face & Source);
    return { aligned, source };
  };
  const pairKey = (side: PairSide) => `${engine.id}|${side.key}>${targetSide.key}`;
  const drive = async (side: PairSide, source: Source, target: Face): Promise<Driven> => {
    const key = pairKey(side);
    const driven = await runner.run('reenact', key, () => engine.reenact(source, target, signal));
    return ofDriven ? await runner.run('parse-source', key, () => ofDriven.parse(driven, signal)) : driven;
  };

  const alignedTarget = await runner.run('align', targetSide.key, () => targetSide.align());
  const { aligned: alignedSource, source } = await readSource(sourceSide);
  const target = await runner.run('parse-target', `${engine.id}|${targetSide.key}`, parse(alignedTarget));
  const driven = await drive(sourceSide, source, target);
  const further: RegionDriven<Driven>[] = [];
  for (const { side, regions } of others) {
    further.push({ driven: await drive(side, (await readSource(side)).source, target), regions });
  }

  const pair = [pairKey(sourceSide), ...others.map(({ side, regions }) => `${side.key}:${regions.join()}`)].join('+');
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
    alignedTarget,
    result: inpainted,
    warnings: () => engine.warnings(source, target, exchanged),
    picture: (stage) => engine.picture(stage, states),
  };
}

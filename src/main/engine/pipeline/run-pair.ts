/** The pipeline (paper sections 3.1 to 3.3) for one pair of faces: the one place that knows the order of the stages. */
import type { SwapSettings } from '#shared/settings.ts';
import type { AlignedFace } from './aligned-face.ts';
import type { EngineStages, SwappedPair } from './engine-stages.ts';
import type { StageRunner } from './stage-runner.ts';

/** A face to be aligned: `key` names it for the caches. */
export interface PairSide {
  readonly key: string;
  align(): Promise<AlignedFace>;
}

/** Runs all stages from alignment to inpainting; stages with known keys come from the cache. */
export async function runPair<Face, Driven, Exchanged, Generated, Recolored, Source>(
  engine: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  targetSide: PairSide,
  sourceSide: PairSide,
  settings: SwapSettings,
  runner: StageRunner,
): Promise<SwappedPair> {
  const { signal } = runner;
  const { ofDriven } = engine;
  const alignedTarget = await runner.run('align', targetSide.key, () => targetSide.align());
  const alignedSource = await runner.run('source', sourceSide.key, () => sourceSide.align());
  const parse = (aligned: AlignedFace) => () => engine.parse(aligned, signal);
  const sourceKey = `${engine.id}|${sourceSide.key}`;
  const source = ofDriven
    ? await runner.run('reenact', sourceKey, () => ofDriven.source(alignedSource, signal))
    : ((await runner.run('parse-source', sourceKey, parse(alignedSource))) as Face & Source);
  const target = await runner.run('parse-target', `${engine.id}|${targetSide.key}`, parse(alignedTarget));
  const pair = `${engine.id}|${sourceSide.key}>${targetSide.key}`;
  const key = (stage: Parameters<typeof engine.settingsKey>[0]) => `${pair}|${engine.settingsKey(stage, settings)}`;
  let driven = await runner.run('reenact', pair, () => engine.reenact(source, target, signal));
  if (ofDriven) {
    const moved = driven;
    driven = await runner.run('parse-source', pair, () => ofDriven.parse(moved, signal));
  }
  const exchanged = await runner.run('exchange', key('exchange'), () =>
    engine.exchange(source, target, driven, settings, signal),
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

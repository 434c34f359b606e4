import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import type { AlignedFace } from '#engine/pipeline/aligned-face.ts';
import type { EngineStages } from '#engine/pipeline/engine-stages.ts';
import { isDraftKey, type PairSide, type RegionSide, runPair } from '#engine/pipeline/run-pair.ts';
import { StageCache } from '#engine/pipeline/stage-cache.ts';
import { StageRunner } from '#engine/pipeline/stage-runner.ts';
import type { RegionId } from '#shared/regions.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';

const picture = { width: 1, height: 1, data: new Float32Array(3) };

/** A face that is a name. */
const side = (name: string): PairSide => ({
  key: name,
  align: async () =>
    ({ size: 1, crop: picture, landmarks: new Float32Array(0), toPhoto: [1, 0, 0, 0, 1, 0], name }) as AlignedFace,
});
const nameOf = (aligned: AlignedFace): string => (aligned as AlignedFace & { name: string }).name;
const other = (name: string, ...regions: RegionId[]): RegionSide => ({ side: side(name), regions });

/** An engine that writes down what it is asked to do. */
function recorder(manySources: boolean) {
  const log: string[] = [];
  const note = (text: string): string => {
    log.push(text);
    return text;
  };
  const stages: EngineStages<string, string, string, string, string> = {
    id: 'rgi',
    manySources,
    settingsKey: () => 'same',
    parse: async (aligned) => note(nameOf(aligned)),
    ofDriven: {
      source: async (aligned) => note(`source ${nameOf(aligned)}`),
      parse: async (driven) => note(`parsed ${driven}`),
    },
    reenact: (source, target) => note(`${source} as ${target}`),
    exchange: (_source, _target, driven, _settings, others) =>
      note([driven, ...others.map((row) => `${row.driven} for ${row.regions.join(' ')}`)].join('; ')),
    generate: (_source, _target, exchanged) => exchanged,
    recolor: (_source, _target, _exchanged, generated) => generated,
    blend: () => picture,
    inpaint: () => picture,
    warnings: () => [],
    picture: () => picture,
  };
  return { stages, log };
}

const cache = () => new StageCache(1e6);

describe('runPair', () => {
  it('drives every source by the same target and exchanges their regions together', async () => {
    const { stages, log } = recorder(true);
    const runner = new StageRunner(cache(), {}, 1);
    const others = [other('ben', 'eyes', 'brows'), other('carl', 'hair')];
    await runPair(stages, side('target'), side('anna'), DEFAULT_SWAP_SETTINGS, runner, { others });
    expect(log).toEqual([
      'source anna',
      'target',
      'source anna as target',
      'parsed source anna as target',
      'source ben',
      'source ben as target',
      'parsed source ben as target',
      'source carl',
      'source carl as target',
      'parsed source carl as target',
      'parsed source anna as target; parsed source ben as target for eyes brows; parsed source carl as target for hair',
    ]);
  });

  it('keeps what it knows of each source, and tells other choices of regions apart', async () => {
    const { stages, log } = recorder(true);
    const known = cache();
    const run = (...others: RegionSide[]) =>
      runPair(stages, side('target'), side('anna'), DEFAULT_SWAP_SETTINGS, new StageRunner(known, {}, 1), { others });
    await run(other('ben', 'eyes'));
    log.length = 0;
    await run(other('ben', 'nose'));
    expect(log).toEqual(['parsed source anna as target; parsed source ben as target for nose']);
    await run();
    expect(log.at(-1)).toBe('parsed source anna as target');
    log.length = 0;
    await run(other('ben', 'eyes'));
    expect(log).toEqual([]);
  });

  it('makes drafts from smaller crops of the same faces, beside the full results', async () => {
    const { stages, log } = recorder(false);
    const { ofDriven: _, ...rest } = stages;
    const smaller: typeof stages = {
      ...rest,
      draft: {
        aligned: (aligned) => ({ ...aligned, size: 0.5, name: `small ${nameOf(aligned)}` }) as AlignedFace,
        parsed: (face, aligned) => note(`${face} on ${nameOf(aligned)}`),
      },
    };
    const note = (text: string): string => {
      log.push(text);
      return text;
    };
    const known = cache();
    const kept: string[] = [];
    const watched = {
      get: (key: string) => known.get(key),
      set: (key: string, value: unknown) => {
        kept.push(key);
        known.set(key, value);
      },
    };
    const run = async (draft: boolean) => {
      log.length = 0;
      kept.length = 0;
      const runner = new StageRunner(watched, {}, 1);
      return runPair(smaller, side('target'), side('anna'), DEFAULT_SWAP_SETTINGS, runner, { draft });
    };
    expect((await run(false)).draft).toBe(false);
    expect(kept.filter(isDraftKey)).toEqual([]);
    expect(log).toEqual(['anna', 'target', 'anna as target', 'anna as target']);
    const draft = await run(true);
    expect(draft.draft).toBe(true);
    // Everything behind the faces themselves.
    expect(kept.filter((key) => !isDraftKey(key))).toEqual([]);
    expect(kept).toHaveLength(6);
    expect(draft.alignedTarget.size).toBe(0.5);
    expect(log).toEqual([
      'target on small target',
      'anna on small anna',
      'anna on small anna as target on small target',
      'anna on small anna as target on small target',
    ]);
    expect((await run(false)).draft).toBe(false);
    expect(log).toEqual([]);
  });

  it('gives a full result where the crop is small or the engine has no drafts', async () => {
    const { stages, log } = recorder(false);
    const runner = () => new StageRunner(cache(), {}, 1);
    const run = (engine: typeof stages) =>
      runPair(engine, side('target'), side('anna'), DEFAULT_SWAP_SETTINGS, runner(), { draft: true });
    expect((await run(stages)).draft).toBe(false);
    const { ofDriven: _, ...rest } = stages;
    const sameSize = { aligned: (aligned: AlignedFace) => aligned, parsed: () => 'never' };
    expect((await run({ ...rest, draft: sameSize })).draft).toBe(false);
    expect(log).not.toContain('never');
  });

  it('refuses several sources for an engine that takes one', async () => {
    const { stages, log } = recorder(false);
    const runner = new StageRunner(cache(), {}, 1);
    const others = [other('ben', 'eyes')];
    const swap = runPair(stages, side('target'), side('anna'), DEFAULT_SWAP_SETTINGS, runner, { others });
    await expect(swap).rejects.toThrow(UsageError);
    expect(log).toEqual([]);
  });
});

/** Named combinations of the region switches: one table for the menu, its tests and the text. */
import type { ModelsState } from '#shared/contract-models.ts';
import { REGIONS, type RegionId } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES, type EngineId, type RegionSwitch, type SwapSettings } from '#shared/settings.ts';

type Switches = Readonly<Record<RegionId, RegionSwitch>>;

function only(regions: readonly RegionId[], parts: { texture: boolean; shape: boolean }): Switches {
  const off: RegionSwitch = { texture: false, shape: false, amount: 1 };
  const rows = REGIONS.map(({ id }): [RegionId, RegionSwitch] => [
    id,
    regions.includes(id) ? { ...off, ...parts } : off,
  ]);
  return Object.fromEntries(rows) as Record<RegionId, RegionSwitch>;
}

const BOTH = { texture: true, shape: true };
const FACE = REGIONS.filter((r) => r.defaultTexture === 'source').map((r) => r.id);

export const PRESETS = [
  { id: 'paper', switches: DEFAULT_REGION_SWITCHES },
  { id: 'texture', switches: only(FACE, { texture: true, shape: false }) },
  { id: 'shape', switches: only(FACE, { texture: false, shape: true }) },
  { id: 'eyes', switches: only(['eyes', 'brows'], BOTH) },
  { id: 'nose', switches: only(['nose'], BOTH) },
  { id: 'mouth', switches: only(['lips', 'mouth'], BOTH) },
  { id: 'skin', switches: only(['skin'], { texture: true, shape: false }) },
  { id: 'features', switches: only(['eyes', 'brows', 'nose', 'lips', 'mouth'], BOTH) },
] as const satisfies readonly { id: string; switches: Switches }[];

export type PresetId = (typeof PRESETS)[number]['id'];

const equal = (a: RegionSwitch, b: RegionSwitch): boolean =>
  a.texture === b.texture && a.shape === b.shape && a.amount === b.amount;

/** The preset whose switches these are, or null for a combination of the user's own. */
export function presetOf(switches: Switches): PresetId | null {
  return PRESETS.find((preset) => REGIONS.every(({ id }) => equal(preset.switches[id], switches[id])))?.id ?? null;
}

export const presetById = (id: PresetId): Switches => PRESETS.find((p) => p.id === id)?.switches ?? PRESETS[0].switches;

/** The engine that `auto` stands for: the paper's networks where they can run. */
export const automaticEngine = (models: ModelsState | null): EngineId =>
  models?.engines.find(({ id }) => id === 'rgi')?.ready ? 'rgi' : 'classic';

/** The engine whose abilities decide which switches are open. */
export const effectiveEngine = (chosen: SwapSettings['engine'], models: ModelsState | null): EngineId =>
  chosen === 'auto' ? automaticEngine(models) : chosen;

/** True when this engine can only leave the region with the target. */
export function isRegionKept(region: RegionId, engine: EngineId): boolean {
  return engine === 'classic' && REGIONS.find((r) => r.id === region)?.classic === 'keep';
}

/** True when the regions, amount and colour are all at the defaults of the paper. */
export function isUntouched(settings: SwapSettings, defaults: SwapSettings): boolean {
  return (
    settings.amount === defaults.amount &&
    settings.recolor === defaults.recolor &&
    REGIONS.every(({ id }) => equal(settings.regions[id], defaults.regions[id]))
  );
}

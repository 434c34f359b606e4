/**
 * Photos and frames go through the same stages; what differs is here (spec pipeline 4.3, 7, 10). In frames the neck and
 * the glasses are the driven face's and the ears half of each; masks are hard; generated faces are as soft as 512
 * pixels, which calms their finest detail; nothing is inpainted. Tuned networks have learned the target's colours, so
 * their frames are not re-coloured.
 */
import { REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import type { SwapSettings } from '#shared/settings.ts';
import type { Ring } from './masks.ts';
import { type StyleRowTable, styleRowTable } from './style-rows.ts';

export interface RgiProfile {
  readonly id: string;
  readonly table: (settings: Pick<SwapSettings, 'regions' | 'amount'>) => StyleRowTable;
  readonly ring: Ring;
  readonly soften: boolean;
  readonly recolor: boolean;
  /** Re-coloured faces pass through the upscaler where it is there. */
  readonly upscale: boolean;
  readonly inpaint: boolean;
}

const photoTable: RgiProfile['table'] = ({ regions, amount }) => styleRowTable(regions, amount);

export const PHOTO_PROFILE: RgiProfile = {
  id: 'photo',
  table: photoTable,
  ring: { radius: 2, soft: true },
  soften: false,
  recolor: true,
  upscale: true,
  inpaint: true,
};

/** Share of the driven face in frames, for regions whose texture the settings leave with the target. */
const FRAME_SHARES: Partial<Record<RegionId, number>> = { ears: 0.5, neck: 1, glasses: 1 };

/** Only the paper's whole exchange of textures takes these along: who exchanges parts means those parts. */
const frameTable: RgiProfile['table'] = (settings) => {
  const table = photoTable(settings);
  const whole = REGIONS.filter(({ defaultTexture }) => defaultTexture === 'source').every(
    ({ id }) => settings.regions[id].texture,
  );
  if (!whole) return table;
  return table.map((shares, label) => {
    const entry = Object.entries(FRAME_SHARES).find(([id]) => regionIndex(id as RegionId) === label);
    if (entry === undefined || shares[1]! > 0) return shares;
    const share = entry[1] * settings.amount;
    return [1 - share, share];
  });
};

/** @param tuned the generator was tuned to this clip */
export const videoProfile = (tuned: boolean): RgiProfile => ({
  id: tuned ? 'tuned video' : 'video',
  table: frameTable,
  ring: { radius: 5, soft: false },
  soften: true,
  recolor: !tuned,
  upscale: false,
  inpaint: false,
});

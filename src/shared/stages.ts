/** The pipeline's stages in order (paper sections 3.1 to 3.3): one table for both engines, the window and the command line. */
export const STAGES = [
  { id: 'align', title: 'Align', shows: 'Target crop, FFHQ alignment' },
  { id: 'source', title: 'Source', shows: 'Source crop, FFHQ alignment' },
  { id: 'reenact', title: 'Reenact', shows: 'Source face driven to the pose and expression of the target' },
  { id: 'parse-source', title: 'Parse source', shows: '12-region label map of the driven face' },
  { id: 'parse-target', title: 'Parse target', shows: '12-region label map of the target' },
  { id: 'exchange', title: 'Exchange', shows: 'Recomposed label map and the mismatch region' },
  { id: 'generate', title: 'Generate', shows: 'Face with exchanged textures and shapes' },
  { id: 'recolor', title: 'Recolour', shows: 'Face in the light and skin tone of the target' },
  { id: 'blend', title: 'Blend', shows: 'Multi-band blend with the surroundings' },
  { id: 'inpaint', title: 'Inpaint', shows: 'Mismatch region filled' },
  { id: 'paste', title: 'Paste back', shows: 'The change that is pasted, at the resolution of the picture' },
] as const satisfies readonly { id: string; title: string; shows: string }[];

export type StageId = (typeof STAGES)[number]['id'];
export const STAGE_IDS = STAGES.map((s) => s.id) as [StageId, ...StageId[]];

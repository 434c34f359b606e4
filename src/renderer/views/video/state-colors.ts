/** The colours of frame states: one table for timeline and legend. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { FrameState } from '#shared/jobs.ts';

const plain = { forcedColorAdjust: 'none' } as const;

export const useStateColors = makeStyles({
  pending: { ...plain, backgroundColor: tokens.colorNeutralStroke1 },
  swapped: { ...plain, backgroundColor: tokens.colorCompoundBrandBackground },
  unassigned: { ...plain, backgroundColor: tokens.colorNeutralForeground4 },
  'no-face': { ...plain, backgroundColor: tokens.colorNeutralForeground1 },
  'too-small': { ...plain, backgroundColor: tokens.colorPaletteMarigoldBorderActive },
  blurred: { ...plain, backgroundColor: tokens.colorPaletteBlueBorderActive },
  covered: { ...plain, backgroundColor: tokens.colorPaletteCranberryBorderActive },
  profile: { ...plain, backgroundColor: tokens.colorPalettePurpleBorderActive },
} satisfies Record<FrameState, object>);

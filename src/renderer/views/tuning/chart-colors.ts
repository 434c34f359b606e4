/** How each curve looks: by colour, and by its dashes where colours do not tell. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { LossTarget } from '#shared/tuning.ts';

/** Lengths of dash and gap; none for a line without gaps. */
export const DASHES: Readonly<Record<LossTarget, string>> = { driven: 'none', recolored: '7 3' };

export const useCurveColors = makeStyles({
  driven: { color: tokens.colorBrandForeground1, '@media (forced-colors: active)': { color: 'CanvasText' } },
  recolored: {
    color: tokens.colorPaletteDarkOrangeForeground1,
    '@media (forced-colors: active)': { color: 'Highlight' },
  },
} satisfies Record<LossTarget, object>);

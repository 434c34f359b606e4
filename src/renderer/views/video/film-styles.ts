import { makeStyles, tokens } from '@fluentui/react-components';

/** Film panes beside each other or, where they are larger then, one above the other, and what stands under them. */
export const useFilmStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flex: '1 1 0', minHeight: 0 },
  panes: { display: 'flex', flex: '1 1 0', minHeight: 0, gap: '2px', backgroundColor: tokens.colorNeutralBackground4 },
  stacked: { flexDirection: 'column' },
  under: {
    display: 'flex',
    flexDirection: 'column',
    overflowY: 'auto',
    overflowX: 'hidden',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL} ${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

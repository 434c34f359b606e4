import { makeStyles, tokens } from '@fluentui/react-components';

/** The three columns of a tab: photos at the left, what is worked on in the middle, settings at the right. */
export const useTabStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: 'clamp(240px, 18.5vw, 360px) minmax(0, 1fr) clamp(304px, 23vw, 380px)',
    gridTemplateRows: 'minmax(0, 1fr)',
    minHeight: 0,
  },
  photos: {
    minHeight: 0,
    overflowY: 'auto',
    overflowX: 'hidden',
    scrollbarWidth: 'thin',
    backgroundColor: tokens.colorNeutralBackground2,
  },
});

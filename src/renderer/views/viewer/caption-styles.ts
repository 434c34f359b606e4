import { makeStyles, tokens } from '@fluentui/react-components';

/** Words over a picture: light on a dark veil, whatever the picture and the theme are. */
export const useCaptionStyles = makeStyles({
  caption: {
    position: 'absolute',
    padding: '2px 8px',
    borderRadius: '4px',
    backgroundColor: 'rgba(10, 12, 13, 0.72)',
    color: '#ffffff',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightMedium,
  },
});

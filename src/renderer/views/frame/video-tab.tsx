import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Video48Regular } from '@fluentui/react-icons';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    minHeight: 0,
    textAlign: 'center',
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground4,
  },
  title: { margin: `${tokens.spacingVerticalM} 0 0`, fontSize: tokens.fontSizeBase500, lineHeight: '28px' },
  body: { maxWidth: '380px', lineHeight: '22px', margin: `${tokens.spacingVerticalS} 0 ${tokens.spacingVerticalXL}` },
});

/** Says that video comes, and offers nothing that does not work. */
export function VideoTab() {
  const styles = useStyles();
  return (
    <main className={styles.root}>
      <Video48Regular aria-hidden />
      <h1 className={styles.title}>{text.video.title}</h1>
      <p className={styles.body}>{text.video.body}</p>
      <Button onClick={() => useUi.setState({ tab: 'image' })}>{text.video.back}</Button>
    </main>
  );
}

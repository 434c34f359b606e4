import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { PersonSquare20Regular, ShieldCheckmark20Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import mark from '../../icon.svg';
import { useConnection } from '../../state/connection.ts';
import { text } from '../../text.ts';
import { pickFiles } from '../photos/pick-files.ts';

const useStyles = makeStyles({
  root: {
    flex: '1 1 0',
    minHeight: 0,
    overflowY: 'auto',
    display: 'grid',
    placeItems: 'center',
    padding: tokens.spacingHorizontalXXL,
    backgroundColor: tokens.colorNeutralBackground4,
  },
  column: { display: 'flex', flexDirection: 'column', alignItems: 'center', maxWidth: '540px', textAlign: 'center' },
  mark: { width: '56px', height: '56px', marginBottom: tokens.spacingVerticalL },
  title: { margin: 0, fontSize: tokens.fontSizeBase600, fontWeight: tokens.fontWeightSemibold, lineHeight: '32px' },
  body: {
    maxWidth: '440px',
    margin: `${tokens.spacingVerticalS} 0 ${tokens.spacingVerticalXL}`,
    color: tokens.colorNeutralForeground2,
    lineHeight: '22px',
  },
  actions: { display: 'flex', flexWrap: 'wrap', justifyContent: 'center', gap: tokens.spacingHorizontalS },
  privacy: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: tokens.spacingHorizontalSNudge,
    marginTop: tokens.spacingVerticalXXL,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    textAlign: 'left',
    maxWidth: '360px',
  },
  icon: { flexShrink: 0 },
});

/** What the viewer says before there is a picture to show. */
export function Welcome() {
  const styles = useStyles();
  const studio = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  return (
    <div className={styles.root}>
      <div className={styles.column}>
        <img className={styles.mark} src={mark} alt="" />
        <h1 className={styles.title}>{text.welcome.title}</h1>
        <p className={styles.body}>{text.welcome.body}</p>
        <div className={styles.actions}>
          <Button
            appearance="primary"
            size="large"
            icon={<PersonSquare20Regular />}
            disabled={!ready}
            onClick={() => void studio.files.trySamples()}
          >
            {text.welcome.samples}
          </Button>
          <Button size="large" onClick={() => pickFiles(studio, 'source')}>
            {text.welcome.open}
          </Button>
        </div>
        <p className={styles.privacy}>
          <ShieldCheckmark20Regular className={styles.icon} aria-hidden />
          {text.welcome.privacy}
        </p>
      </div>
    </div>
  );
}

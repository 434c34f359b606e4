import { makeStyles, tokens } from '@fluentui/react-components';
import { useConnection } from '../../state/connection.ts';
import { text } from '../../text.ts';
import { THIRD_PARTY } from './third-party.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, lineHeight: '20px' },
  name: { fontSize: tokens.fontSizeBase500, fontWeight: tokens.fontWeightSemibold, lineHeight: '28px' },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  title: { margin: `${tokens.spacingVerticalS} 0 0`, fontSize: tokens.fontSizeBase300 },
  notice: {
    margin: 0,
    maxHeight: '180px',
    overflow: 'auto',
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground2,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: '11px',
    lineHeight: '16px',
    whiteSpace: 'pre-wrap',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
});

/** Version, licence, and the software inside. */
export function About() {
  const styles = useStyles();
  const shell = useConnection((state) => state.shell);
  return (
    <div className={styles.root}>
      <span className={styles.name}>{text.product}</span>
      {shell && <p className={styles.text}>{text.preferences.version(shell.version)}</p>}
      <p className={styles.text}>{text.preferences.aboutBody}</p>
      <p className={styles.text}>{text.preferences.licence}</p>
      {shell?.fallbackReason && <p className={styles.text}>{shell.fallbackReason}</p>}
      <h3 className={styles.title} id="third-party">
        {text.preferences.thirdParty}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must be scrollable by keyboard */}
      <section className={styles.notice} tabIndex={0} aria-labelledby="third-party">
        {THIRD_PARTY}
      </section>
    </div>
  );
}

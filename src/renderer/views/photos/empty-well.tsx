import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ImageAdd24Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import type { Well } from '../../state/photos.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { pickFiles } from './pick-files.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalXXS,
    minHeight: '148px',
    padding: tokens.spacingVerticalM,
    boxSizing: 'border-box',
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    textAlign: 'center',
    color: tokens.colorNeutralForeground3,
  },
  over: { border: `1px solid ${tokens.colorBrandStroke1}`, backgroundColor: tokens.colorNeutralBackground1 },
  title: { color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightMedium },
  hint: { fontSize: tokens.fontSizeBase200 },
  button: { marginTop: tokens.spacingVerticalS },
});

/** What a well shows before it has a photo. */
export function EmptyWell({ well }: { well: Well }) {
  const styles = useStyles();
  const studio = useStudio();
  const over = useUi((state) => state.dropWell === well);
  return (
    <div className={mergeClasses(styles.root, over && styles.over)}>
      <ImageAdd24Regular aria-hidden />
      <span className={styles.title}>
        {over ? (well === 'source' ? text.wells.dropSource : text.wells.dropTarget) : text.wells.empty}
      </span>
      <span className={styles.hint}>{text.wells.paste}</span>
      <Button
        className={styles.button}
        size="small"
        aria-label={well === 'source' ? text.wells.chooseSource : text.wells.chooseTarget}
        onClick={() => pickFiles(studio, well)}
      >
        {text.wells.choose}
      </Button>
    </div>
  );
}

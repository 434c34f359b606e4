import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Add20Regular, ArrowSync20Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import type { Well } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { FileInput } from './file-input.tsx';
import { MoreMenu } from './more-menu.tsx';
import { pickFiles } from './pick-files.ts';

const useStyles = makeStyles({
  root: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXXS, minHeight: '32px' },
  titles: { display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0 },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, lineHeight: '18px' },
  hint: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, lineHeight: '16px' },
});

/** Title of a well with the ways to fill it. */
export function WellHeader({ well, filled }: { well: Well; filled: boolean }) {
  const styles = useStyles();
  const studio = useStudio();
  const label = well === 'source' ? text.wells.addSource : filled ? text.wells.replaceTarget : text.wells.chooseTarget;
  const replaces = well === 'target' && filled;
  return (
    <div className={styles.root}>
      <div className={styles.titles}>
        <h2 className={styles.title} id={`well-${well}`}>
          {text.wells[well]}
        </h2>
        <span className={styles.hint}>{well === 'source' ? text.wells.sourceHint : text.wells.targetHint}</span>
      </div>
      <Button
        appearance="subtle"
        size="small"
        icon={replaces ? <ArrowSync20Regular /> : <Add20Regular />}
        aria-label={label}
        title={label}
        onClick={() => pickFiles(studio, well)}
      />
      <MoreMenu well={well} />
      <FileInput well={well} />
    </div>
  );
}

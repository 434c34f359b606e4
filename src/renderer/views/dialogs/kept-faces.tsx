import { Button, Field, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { text } from '../../text.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

const useStyles = makeStyles({
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM },
  line: { margin: 0, color: tokens.colorNeutralForeground2 },
});

/** How many refined faces the data folder keeps, and a way to be rid of them. */
export function KeptFaces() {
  const styles = useStyles();
  const { refine } = useStudio();
  const words = text.refine;
  const [kept, setKept] = useState<{ readonly faces: number; readonly bytes: number } | null>(null);
  const [asking, setAsking] = useState(false);
  const [version, setVersion] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew after something was removed
  useEffect(() => {
    let current = true;
    const show = (found: typeof kept): void => {
      if (current) setKept(found);
    };
    // Without an engine there is nothing to tell.
    refine.kept().then(show, () => show(null));
    return () => {
      current = false;
    };
  }, [refine, version]);
  if (kept === null) return null;

  async function close(confirmed: boolean): Promise<void> {
    setAsking(false);
    if (confirmed) await refine.clear();
    setVersion((before) => before + 1);
  }

  return (
    <Field label={words.kept}>
      <div className={styles.row}>
        <p className={styles.line}>{words.keptHint(kept.faces, text.models.size(kept.bytes))}</p>
        {kept.faces > 0 && (
          <Button size="small" onClick={() => setAsking(true)}>
            {words.clear}
          </Button>
        )}
      </div>
      {asking && (
        <ConfirmDialog
          title={words.clearTitle}
          body={words.clearBody}
          confirm={words.clearConfirm}
          onClose={(confirmed) => void close(confirmed)}
        />
      )}
    </Field>
  );
}

import { makeStyles, tokens } from '@fluentui/react-components';
import { SHORTCUTS } from '../../hooks/use-shortcuts.ts';
import { text } from '../../text.ts';
import { DialogFrame } from './frame.tsx';

const useStyles = makeStyles({
  columns: { display: 'grid', gridTemplateColumns: '1fr 1fr', gap: '40px' },
  groups: { display: 'flex', flexDirection: 'column', gap: '24px' },
  title: { margin: '0 0 12px', fontSize: tokens.fontSizeBase300 },
  list: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', gap: '6px 16px', margin: 0 },
  row: { display: 'contents' },
  keys: { margin: 0, display: 'flex', gap: '4px', justifyContent: 'flex-end' },
  key: {
    minWidth: '22px',
    padding: '1px 6px',
    boxSizing: 'border-box',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: '4px',
    backgroundColor: tokens.colorNeutralBackground1,
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase200,
    textAlign: 'center',
  },
  note: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

interface Row {
  readonly keys: readonly string[];
  readonly does: keyof typeof text.shortcuts.does;
}

const VIEWER: readonly Row[] = [
  { keys: ['+'], does: 'zoomIn' },
  { keys: ['−'], does: 'zoomOut' },
  { keys: ['0'], does: 'fit' },
  { keys: ['1'], does: 'full' },
  { keys: ['F'], does: 'face' },
  { keys: ['←', '→', '↑', '↓'], does: 'pan' },
  { keys: ['W'], does: 'wipe' },
  { keys: ['S'], does: 'side' },
  { keys: ['R'], does: 'after' },
];

const VIDEO: readonly Row[] = [
  { keys: ['Space'], does: 'play' },
  { keys: ['←', '→'], does: 'stepFrame' },
  { keys: ['Shift', '→'], does: 'stepFrames' },
  { keys: ['Page Up'], does: 'stepSecond' },
  { keys: ['I'], does: 'setIn' },
  { keys: ['O'], does: 'setOut' },
];

function Group({ title, rows }: { title: string; rows: readonly Row[] }) {
  const styles = useStyles();
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.list}>
        {rows.map(({ keys, does }) => (
          <div key={does} className={styles.row}>
            <dt>{text.shortcuts.does[does]}</dt>
            <dd className={styles.keys}>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Every key that does something. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  return (
    <DialogFrame title={text.shortcuts.title} wide onClose={onClose}>
      <div className={styles.columns}>
        <Group title={text.shortcuts.groups.anywhere} rows={SHORTCUTS} />
        <div className={styles.groups}>
          <Group title={text.shortcuts.groups.viewer} rows={VIEWER} />
          <Group title={text.shortcuts.groups.video} rows={VIDEO} />
        </div>
      </div>
      <p className={styles.note}>{text.shortcuts.viewerNote}</p>
    </DialogFrame>
  );
}

import { Button, Checkbox, makeStyles, ProgressBar, tokens } from '@fluentui/react-components';
import { DocumentAdd20Regular, FolderOpen20Regular } from '@fluentui/react-icons';
import { type ChangeEvent, useEffect, useRef } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { pickedFolder } from '../../hooks/dropped.ts';
import { useConnection } from '../../state/connection.ts';
import { type ModelsTask, useModels } from '../../state/models.ts';
import { text } from '../../text.ts';
import { Block } from './block.tsx';

const useStyles = makeStyles({
  hint: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, lineHeight: '16px' },
  row: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  task: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', alignItems: 'center', gap: '4px 12px' },
  label: {
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
  },
});

/** React's types do not know this attribute yet. */
const WHOLE_FOLDERS: object = { webkitdirectory: '' };

function Task({ task }: { task: ModelsTask }) {
  const styles = useStyles();
  const { models } = useStudio();
  const { kind, label, fraction, stopping } = task;
  const line = stopping ? text.models.stopping : label;
  const name = kind === 'import' ? text.models.progress : text.models.verifyProgress;
  return (
    <div className={styles.task}>
      <span className={styles.label} title={line}>
        {line}
      </span>
      <Button size="small" disabled={stopping} onClick={models.cancel}>
        {text.cancel}
      </Button>
      <ProgressBar
        aria-label={name}
        aria-valuetext={line}
        {...(fraction === null || stopping ? {} : { value: Math.min(fraction, 1), max: 1 })}
      />
    </div>
  );
}

interface ImportPanelProps {
  readonly replace: boolean;
  readonly onReplace: (replace: boolean) => void;
}

/** The ways in for weights, and how far the present one is. */
export function ImportPanel({ replace, onReplace }: ImportPanelProps) {
  const styles = useStyles();
  const { models } = useStudio();
  const task = useModels((state) => state.task);
  const desktop = useConnection((state) => state.shell?.kind === 'desktop');
  const folderInput = useRef<HTMLInputElement>(null);
  const filesInput = useRef<HTMLInputElement>(null);
  const row = useRef<HTMLDivElement>(null);
  const options = { replace };
  useEffect(() => {
    // The button that ends a task goes with it, and must not take the focus out of the dialog.
    if (task === null && document.activeElement === document.body) row.current?.querySelector('button')?.focus();
  }, [task]);

  // A browser opens its dialog only inside the user's own gesture, so nothing may be awaited before this.
  const choose = (kind: 'folder' | 'weights', input: HTMLInputElement | null) => {
    if (desktop) void models.importFromDialog(kind, options);
    else input?.click();
  };
  const taken = (event: ChangeEvent<HTMLInputElement>): File[] => {
    const files = [...(event.target.files ?? [])];
    // The same choice must be possible again.
    event.target.value = '';
    return files;
  };
  const folderTaken = (event: ChangeEvent<HTMLInputElement>) => {
    const folder = pickedFolder(taken(event));
    if (folder) void models.importFolder(folder, options);
  };
  return (
    <Block title={text.models.importTitle}>
      <p className={styles.hint}>{text.models.importHint}</p>
      <div ref={row} className={styles.row}>
        <Button
          disabledFocusable={task !== null}
          icon={<FolderOpen20Regular />}
          onClick={() => choose('folder', folderInput.current)}
        >
          {text.models.folder}
        </Button>
        <Button
          disabledFocusable={task !== null}
          icon={<DocumentAdd20Regular />}
          onClick={() => choose('weights', filesInput.current)}
        >
          {text.models.files}
        </Button>
        <Checkbox
          checked={replace}
          label={text.models.replace}
          onChange={(_, { checked }) => onReplace(checked === true)}
        />
      </div>
      {task && <Task task={task} />}
      <input
        ref={folderInput}
        id="pick-weights-folder"
        type="file"
        hidden
        {...WHOLE_FOLDERS}
        aria-label={text.models.chooseFolder}
        onChange={folderTaken}
      />
      <input
        ref={filesInput}
        id="pick-weights"
        type="file"
        hidden
        multiple
        aria-label={text.models.chooseFiles}
        onChange={(event) => void models.importFiles(taken(event), options)}
      />
    </Block>
  );
}

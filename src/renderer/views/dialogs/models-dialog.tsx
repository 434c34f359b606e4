import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { ShieldCheckmark20Regular } from '@fluentui/react-icons';
import { type DragEvent, useEffect, useState } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { readDrop } from '../../hooks/dropped.ts';
import { useModels } from '../../state/models.ts';
import { text } from '../../text.ts';
import { Block } from '../models/block.tsx';
import { ImportPanel } from '../models/import-panel.tsx';
import { ImportReportCard } from '../models/import-report.tsx';
import { PackCard } from '../models/pack-card.tsx';
import { WorksList } from '../models/works-list.tsx';
import { DialogFrame } from './frame.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXL },
  lead: { margin: 0, color: tokens.colorNeutralForeground2 },
  packs: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '8px' },
  terms: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** Packs of weights: what works, what is there, and the way in for more. */
export function ModelsDialog({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  const studio = useStudio();
  const { models, problem, task, report } = useModels();
  const [replace, setReplace] = useState(false);
  useEffect(() => void studio.models.refresh(), [studio]);

  const drop = async (event: DragEvent) => {
    // Read before anything is awaited: the browser forgets the drop after the event.
    const dropped = readDrop(event.dataTransfer);
    event.preventDefault();
    event.stopPropagation();
    const { files, folders } = await dropped;
    const [folder] = folders;
    await (folder ? studio.models.importFolder(folder, { replace }) : studio.models.importFiles(files, { replace }));
  };
  return (
    <DialogFrame
      title={text.models.title}
      wide
      onClose={onClose}
      actions={
        <>
          <Button
            icon={<ShieldCheckmark20Regular />}
            disabled={task !== null}
            onClick={() => void studio.models.verify()}
          >
            {text.models.verify}
          </Button>
          <Button onClick={onClose}>{text.close}</Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a drop has its keyboard twin in the two buttons */}
      <div className={styles.page} onDrop={(event) => void drop(event)}>
        <p className={styles.lead}>{text.models.lead}</p>
        <ImportPanel replace={replace} onReplace={setReplace} />
        {report && models && <ImportReportCard report={report} models={models} />}
        {!models && problem === null && <Spinner label={text.models.loading} />}
        {problem !== null && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{problem}</MessageBarBody>
            <MessageBarActions>
              <Button size="small" onClick={() => void studio.models.refresh()}>
                {text.models.tryAgain}
              </Button>
            </MessageBarActions>
          </MessageBar>
        )}
        {models && (
          <>
            <Block title={text.models.works}>
              <WorksList models={models} />
            </Block>
            <Block title={text.models.packs}>
              <ul className={styles.packs}>
                {models.packs.map((pack) => (
                  <PackCard key={pack.id} pack={pack} models={models} busy={task !== null} />
                ))}
              </ul>
              <p className={styles.terms}>{text.models.terms}</p>
            </Block>
          </>
        )}
      </div>
    </DialogFrame>
  );
}

import { Button, makeStyles, Switch, Tooltip, tokens } from '@fluentui/react-components';
import { Play20Filled, Stop20Filled } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import { fingerprint, isComplete } from '../../model/document.ts';
import { useConnection } from '../../state/connection.ts';
import { useEdit } from '../../state/edit.ts';
import { setLive, useRun } from '../../state/run.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  button: { flexGrow: 1 },
});

/** Starts and stops the swap; `Live` starts it with every change. */
export function RunBar() {
  const styles = useStyles();
  const { runs } = useStudio();
  const doc = useEdit((state) => state.history.present);
  const { phase, live, result } = useRun();
  const ready = useConnection((state) => state.phase === 'ready');
  const busy = phase === 'running' || phase === 'stopping';
  const again = result?.of === fingerprint(doc) && !result.swap.draft;
  return (
    <div className={styles.root}>
      {busy ? (
        <Button
          className={styles.button}
          icon={<Stop20Filled />}
          disabled={phase === 'stopping'}
          onClick={() => void runs.cancel()}
        >
          {phase === 'stopping' ? text.run.stopping : text.cancel}
        </Button>
      ) : (
        <Button
          className={styles.button}
          appearance="primary"
          icon={<Play20Filled />}
          disabled={!ready || !isComplete(doc)}
          onClick={() => void runs.start()}
        >
          {again ? text.run.again : text.run.start}
        </Button>
      )}
      <Tooltip content={text.run.liveHint} relationship="description">
        <Switch
          checked={live}
          label={text.run.live}
          onChange={(_, { checked }) => {
            setLive(checked);
            if (checked && !again && isComplete(doc)) runs.schedule();
          }}
        />
      </Tooltip>
    </div>
  );
}

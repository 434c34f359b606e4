import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { useStudio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';
import { text } from '../../text.ts';

/** Stands above the work while the engine or the shell does not serve it. */
export function ConnectionBar() {
  const { restartEngine } = useStudio();
  const { phase, reason } = useConnection();
  if (phase !== 'failed' && phase !== 'unreachable' && phase !== 'restarting') return null;
  const body = {
    failed: reason ?? text.connection.failedBody,
    unreachable: text.connection.unreachableBody,
    restarting: text.connection.lostBody,
  }[phase];
  return (
    <MessageBar intent={phase === 'restarting' ? 'warning' : 'error'} shape="square">
      <MessageBarBody>
        <MessageBarTitle>{text.connection[phase]}</MessageBarTitle>
        {body}
      </MessageBarBody>
      {phase === 'failed' && (
        <MessageBarActions>
          <Button size="small" onClick={restartEngine}>
            {text.connection.tryAgain}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

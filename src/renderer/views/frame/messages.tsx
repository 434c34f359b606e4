import {
  Button,
  Link,
  Toast,
  ToastBody,
  Toaster,
  ToastFooter,
  ToastTitle,
  ToastTrigger,
  useId,
  useToastController,
} from '@fluentui/react-components';
import { Dismiss16Regular } from '@fluentui/react-icons';
import { useEffect } from 'react';
import { dismiss, type Message, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

/** How long a message stands. Milliseconds; errors stay until they are closed. */
const TIMEOUT = { success: 5000, info: 6000, warning: 9000, error: -1 } as const;

function MessageToast({ message }: { message: Message }) {
  const { title, body, action } = message;
  return (
    <Toast>
      <ToastTitle
        action={
          <ToastTrigger>
            <Button size="small" appearance="transparent" icon={<Dismiss16Regular />} aria-label={text.close} />
          </ToastTrigger>
        }
      >
        {title}
      </ToastTitle>
      {body && <ToastBody>{body}</ToastBody>}
      {action && (
        <ToastFooter>
          <Link as="button" onClick={action.run}>
            {action.label}
          </Link>
        </ToastFooter>
      )}
    </Toast>
  );
}

/** Turns the messages of the store into toasts. */
export function Messages() {
  const toaster = useId('messages');
  const { dispatchToast } = useToastController(toaster);
  const messages = useUi((state) => state.messages);
  useEffect(() => {
    for (const message of messages) {
      dispatchToast(<MessageToast message={message} />, {
        intent: message.intent,
        timeout: TIMEOUT[message.intent],
        politeness: message.intent === 'error' ? 'assertive' : 'polite',
      });
      dismiss(message.id);
    }
  }, [messages, dispatchToast]);
  return (
    <Toaster
      limit={3}
      toasterId={toaster}
      position="bottom-end"
      offset={{ vertical: 44, horizontal: 20 }}
      pauseOnHover
    />
  );
}

/** The engine's side of the control channel: questions to the shell, and the windows that it announces. */
import type { ControlQuestion, ControlQuestions } from '#main/rpc/control.ts';
import { portChannel } from '#main/rpc/port-channel.ts';
import type { Frame, FrameChannel } from '#main/rpc/serve.ts';
import type { ControlPort } from './control-port.ts';

/** Asks the shell; see `ControlQuestions`. */
export type AskShell = <Q extends ControlQuestion>(
  question: Q,
  ask: ControlQuestions[Q]['ask'],
) => Promise<ControlQuestions[Q]['answer']>;

export interface ControlClient {
  readonly ask: AskShell;
  ready(): void;
  broken(reason: string): void;
}

export interface ControlEvents {
  /** A window was connected. */
  onWindow(channel: FrameChannel): void;
  onShutdown(): void;
}

export function openControlClient(port: ControlPort, events: ControlEvents): ControlClient {
  const waiting = new Map<number, (answer: unknown) => void>();
  const windows = new Map<number, { frame: (frame: Frame) => void; close: () => void }>();
  let nextId = 1;

  port.onMessage((message, ports) => {
    switch (message.type) {
      case 'answer':
        waiting.get(message.id)?.(message.answer);
        waiting.delete(message.id);
        return;
      case 'open': {
        const { client } = message;
        const window = multiplexedChannel((data) => port.post({ type: 'frame', client, data }));
        windows.set(client, window);
        events.onWindow(window.channel);
        return;
      }
      case 'frame':
        windows.get(message.client)?.frame(message.data);
        return;
      case 'closed':
        windows.get(message.client)?.close();
        windows.delete(message.client);
        return;
      case 'port':
        for (const own of ports) events.onWindow(portChannel(own));
        return;
      case 'shutdown':
        events.onShutdown();
        return;
      default:
        message satisfies never;
    }
  });
  port.onClose(() => events.onShutdown());

  return {
    ask: (question, ask) =>
      new Promise((resolve) => {
        const id = nextId++;
        waiting.set(id, resolve as (answer: unknown) => void);
        // The pair of question and payload is what the generic ties together; TypeScript cannot follow it here.
        port.post({ type: 'ask', id, question, ask } as Parameters<ControlPort['post']>[0]);
      }),
    ready: () => port.post({ type: 'ready' }),
    broken: (reason) => port.post({ type: 'broken', reason }),
  };
}

/** A window whose frames travel inside the control channel. */
function multiplexedChannel(send: (frame: Frame) => void) {
  const frameListeners: ((frame: Frame) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  return {
    channel: {
      send,
      onFrame: (listener) => frameListeners.push(listener),
      onClose: (listener) => closeListeners.push(listener),
    } satisfies FrameChannel,
    frame: (frame: Frame) => {
      for (const listener of frameListeners) listener(frame);
    },
    close: () => {
      for (const listener of closeListeners) listener();
    },
  };
}

/** The life of an engine process: it serves the windows that its shell announces until it is told to end. */
import { toReport } from '#engine/errors.ts';
import type { FrameChannel } from '#main/rpc/serve.ts';
import { openControlClient } from './control-client.ts';
import { type ControlPort, openControlPort } from './control-port.ts';
import type { EngineServices } from './engine-router.ts';
import { createEngineServer } from './engine-server.ts';

/** Everything an engine serves except its questions to the shell, which this file adds. */
export type OpenServices = () => Promise<Omit<EngineServices, 'ask'>>;

/**
 * Runs until the shell says `shutdown` or is gone, then ends the process. Windows that connect while the services are
 * still opening are served when those are ready.
 */
export function runEngine(
  open: OpenServices,
  port: ControlPort = openControlPort(),
  exit: (code: number) => void = process.exit,
): void {
  const services = open();
  const control = openControlClient(port, {
    onWindow: (channel) => {
      // Listeners must be there before the first frame comes, so frames wait in the channel.
      const held = holdFrames(channel);
      void engine.then(
        (ready) => ready.serve(held),
        () => undefined,
      );
    },
    onShutdown: () => {
      // A job that runs is left where it is: the next process finds it cut off, and goes on with it when it is told to.
      void services
        .then((opened) => opened.studio[Symbol.asyncDispose]())
        .catch(() => undefined)
        .finally(() => exit(0));
    },
  });
  const engine = services.then((opened) => createEngineServer({ ...opened, ask: control.ask }));
  engine.then(
    () => control.ready(),
    (error: unknown) => {
      console.error(error);
      control.broken(toReport(error).message);
      // Time for the message to leave.
      setTimeout(() => exit(1), 200);
    },
  );
}

/** The same channel, keeping frames that arrive before somebody listens. */
function holdFrames(channel: FrameChannel): FrameChannel {
  type Listener = Parameters<FrameChannel['onFrame']>[0];
  const early: Parameters<Listener>[0][] = [];
  let listener: Listener | undefined;
  channel.onFrame((frame) => {
    if (listener) listener(frame);
    else early.push(frame);
  });
  return {
    ...channel,
    onFrame: (next) => {
      listener = next;
      for (const frame of early.splice(0)) next(frame);
    },
  };
}

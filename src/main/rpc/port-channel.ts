/** A message port of Electron's main or utility process as a carrier of frames. */
import type { Frame, FrameChannel } from './serve.ts';

/** The part of Electron's `MessagePortMain` that is used. */
export interface WindowPort {
  postMessage(data: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

export function portChannel(port: WindowPort): FrameChannel {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => {
      port.on('message', ({ data }) => {
        // A window may post anything; only text and bytes go further.
        if (typeof data === 'string' || data instanceof Uint8Array) listener(data as Frame);
        else if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
      });
      port.start();
    },
    onClose: (listener) => {
      port.on('close', listener);
    },
  };
}

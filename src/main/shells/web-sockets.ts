/** WebSockets as carriers of frames: one served by the shell itself, one passed on to the engine process. */
import type { RawData, WebSocket } from 'ws';
import type { Frame, FrameChannel } from '#main/rpc/serve.ts';
import { ENGINE_LOST_CODE, STUDIO_FAILED_CODE } from '#shared/bridge.ts';
import type { Supervisor } from './supervisor.ts';
import { openWindowOn, type WindowOnEngine } from './window-frames.ts';

export function socketChannel(socket: WebSocket): FrameChannel {
  return {
    send: (frame) => socket.send(frame),
    onFrame: (listener) => {
      socket.on('message', (data, isBinary) => listener(toFrame(data, isBinary)));
    },
    onClose: (listener) => {
      socket.on('close', () => listener());
    },
  };
}

/** Passes a socket's frames to the engine that is ready, or to the next one; closes it when that engine ends. */
export function connectEngineSocket(socket: WebSocket, supervisor: Supervisor): void {
  const early: Frame[] = [];
  let window: WindowOnEngine | undefined;
  socket.on('message', (data, isBinary) => {
    const frame = toFrame(data, isBinary);
    if (window) window.send(frame);
    else early.push(frame);
  });
  socket.on('close', () => window?.close());
  supervisor.whenReady().then(
    ({ process }) => {
      if (socket.readyState !== socket.OPEN) return;
      window = openWindowOn(process, {
        onFrame: (frame) => socket.send(frame),
        onLost: () => socket.close(ENGINE_LOST_CODE, 'The engine ended.'),
      });
      for (const frame of early.splice(0)) window.send(frame);
    },
    () => socket.close(STUDIO_FAILED_CODE, 'The engine does not start.'),
  );
}

/**
 * Calls `onNone` when no page has been connected for `patienceMs`. A connection that merely broke comes back before.
 */
export function watchPages(
  patienceMs: number,
  onNone: () => void,
): { readonly add: (socket: WebSocket) => void; readonly end: () => void } {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  return {
    add(socket) {
      open += 1;
      clearTimeout(timer);
      socket.on('close', () => {
        open -= 1;
        if (open === 0 && !ended) timer = setTimeout(onNone, patienceMs).unref();
      });
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

function toFrame(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
  return isBinary ? new Uint8Array(bytes) : bytes.toString('utf8');
}

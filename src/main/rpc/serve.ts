/** Serving a router over anything that carries frames: a WebSocket, a message port, a multiplexed process channel. */
import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { toReport } from '#engine/errors.ts';
import type { ErrorReport } from '#shared/errors.ts';

/** Text or bytes, as oRPC's peers write them; both directions keep the order. */
export type Frame = string | Uint8Array<ArrayBuffer>;

/** One side of a connection to one window. */
export interface FrameChannel {
  send(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): void;
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void;
}

/** A router without a context of its own: everything a call needs is bound when the router is made. */
export type PlainRouter = ConstructorParameters<typeof RPCHandler<Record<never, never>>>[0];

type SocketLike = Parameters<RPCHandler<Record<never, never>>['upgrade']>[0];

/**
 * Serves `router` to one window until its channel closes; calls that still run are then aborted. A frame that is not
 * oRPC's is logged and dropped.
 */
export function serveRouter(router: PlainRouter, channel: FrameChannel): void {
  // oRPC's WebSocket adapter is the one that survives malformed frames, and uses these two methods only.
  const socket = {
    send: (data: Frame | ArrayBuffer) => channel.send(data instanceof ArrayBuffer ? new Uint8Array(data) : data),
    addEventListener: (type: string, listener: (event: { data?: Frame }) => void) => {
      if (type === 'message') channel.onFrame((data) => listener({ data }));
      else if (type === 'close') channel.onClose(() => listener({}));
    },
  };
  void new RPCHandler(router).upgrade(socket as unknown as SocketLike);
}

/** Any thrown value as the one error of the contract; errors that oRPC itself made (a refused input) stay as they are. */
export function toRpcError(
  error: unknown,
  adjust: (report: ErrorReport) => ErrorReport = (report) => report,
): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error;
  const report = adjust(toReport(error));
  return new ORPCError('STUDIO_ERROR', { defined: true, message: report.message, data: report, cause: error });
}

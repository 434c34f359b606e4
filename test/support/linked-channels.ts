/** The two ends of one connection inside one process: a served channel, and what a window holds. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract';
import type { Frame, FrameChannel } from '#main/rpc/serve.ts';

export interface LinkedChannels<Contract extends AnyContractRouter> {
  readonly channel: FrameChannel;
  readonly client: ContractRouterClient<Contract>;
  /** Sends a frame as a window would, whatever is in it. */
  sendRaw(frame: Frame): void;
  close(): void;
}

export function linkChannels<Contract extends AnyContractRouter>(): LinkedChannels<Contract> {
  const toServer: ((frame: Frame) => void)[] = [];
  const serverClosed: (() => void)[] = [];
  const socket = new EventTarget();
  const sendRaw = (frame: Frame) => queueMicrotask(() => toServer.forEach((listener) => void listener(frame)));
  const websocket = Object.assign(socket, { readyState: 1, send: sendRaw });
  return {
    channel: {
      send: (data) => queueMicrotask(() => socket.dispatchEvent(new MessageEvent('message', { data }))),
      onFrame: (listener) => toServer.push(listener),
      onClose: (listener) => serverClosed.push(listener),
    },
    client: createORPCClient<ContractRouterClient<Contract>>(
      new RPCLink({ websocket: websocket as unknown as WebSocket }),
    ),
    sendRaw,
    close: () => {
      for (const listener of serverClosed) listener();
      socket.dispatchEvent(new Event('close'));
    },
  };
}

/** The engine's contract, ready to be given handlers: every failure leaves as the one error of the contract. */
import path from 'node:path';
import { implement } from '@orpc/server';
import { toRpcError } from '#main/rpc/serve.ts';
import { engineContract } from '#shared/contract.ts';

/** Any failure as a window sees it. Paths stay on this side: a window knows a file by its name. */
export const toWindowError = (error: unknown) =>
  toRpcError(error, (report) => (report.file === undefined ? report : { ...report, file: path.basename(report.file) }));

export const engineCalls = () =>
  implement(engineContract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw toWindowError(error);
    }
  });

export type EngineCalls = ReturnType<typeof engineCalls>;

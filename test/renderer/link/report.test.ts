import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { LinkError, reportOf } from '../../../src/renderer/link/report.ts';

const abortError = () => Object.assign(new Error('queue was closed'), { name: 'AbortError' });

describe('reports of failures', () => {
  it('hands on what the engine said', () => {
    const data = { kind: 'input', message: 'Not a picture.', file: 'a.txt', action: 'Choose a picture.' } as const;
    expect(reportOf(new ORPCError('STUDIO_ERROR', { data }))).toEqual(data);
    expect(reportOf(new LinkError(data))).toBe(data);
  });

  it('calls a refused request a defect', () => {
    expect(reportOf(new ORPCError('BAD_REQUEST', { message: 'Input validation failed' }))).toMatchObject({
      kind: 'internal',
      message: 'Input validation failed',
    });
  });

  it('tells a cancel from a connection that broke', () => {
    const controller = new AbortController();
    expect(reportOf(abortError(), controller.signal).kind).toBe('engine-lost');
    controller.abort();
    expect(reportOf(abortError(), controller.signal).kind).toBe('cancelled');
    expect(reportOf(new Error('Cannot send message, WebSocket is not open.')).kind).toBe('engine-lost');
  });

  it('does not hide anything else', () => {
    expect(reportOf(new TypeError('x is undefined'))).toMatchObject({ kind: 'internal', message: 'x is undefined' });
    expect(reportOf('text')).toMatchObject({ kind: 'internal', message: 'text' });
  });
});

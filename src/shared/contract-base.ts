/**
 * What every part of the contract is made of: opaque identifiers, the one error that calls end with, and the makers of
 * calls. The parts themselves are `contract.ts` and its neighbours.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_KINDS, type ErrorKind } from './errors.ts';

// ---- identifiers -----------------------------------------------------------------------------------------------

/** Ids are a prefix and at least 8 characters that mean nothing outside of the studio. */
export const id = <Brand extends string>(prefix: string, brand: Brand) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{8,64}$`), `not a ${brand}`)
    .brand<Brand>();

/** A file that a dialog, a drop, a paste or the recent list granted for reading. */
export const fileHandleSchema = id('file', 'FileHandle');
export type FileHandle = z.infer<typeof fileHandleSchema>;
/** A place that a save dialog granted for writing one file. */
export const saveHandleSchema = id('save', 'SaveHandle');
export type SaveHandle = z.infer<typeof saveHandleSchema>;
/** A picture that the engine has open. */
export const photoIdSchema = id('photo', 'PhotoId');
export type PhotoId = z.infer<typeof photoIdSchema>;
/** A finished swap that the engine keeps in its cache. */
export const resultIdSchema = id('result', 'ResultId');
export type ResultId = z.infer<typeof resultIdSchema>;

// ---- errors ----------------------------------------------------------------------------------------------------

export const errorReportSchema = z.object({
  kind: z.enum(Object.keys(ERROR_KINDS) as [ErrorKind, ...ErrorKind[]]),
  message: z.string(),
  file: z.string().optional(),
  action: z.string().optional(),
});

/** The one error that calls end with; oRPC adds its own BAD_REQUEST when an input does not validate. */
export const base = oc.errors({ STUDIO_ERROR: { data: errorReportSchema } });
/** A call that takes nothing refuses whatever it is given. */
export const bare = base.input(z.undefined());

/** A picture, encoded. */
export const blob = z.instanceof(Blob);
/** Longest side of a picture for the screen, pixels. */
export const maxSide = z.int().min(16).max(8192);

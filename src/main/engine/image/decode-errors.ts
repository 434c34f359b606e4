/** What decoders complain about, in words for users. */
import { InputError } from '#engine/errors.ts';
import type { FileClass, FileKind, PictureFormat } from './probe.ts';
import { CHOOSE_PICTURE } from './read-file.ts';

const REFUSALS: Readonly<Record<Exclude<FileClass, 'picture'>, (title: string) => [message: string, action: string]>> =
  {
    'other-picture': (title) => [`${title} pictures cannot be opened.`, 'Save it as JPEG or PNG and choose that file.'],
    video: (title) => [`This is a video (${title}), not a picture.`, 'Choose a picture.'],
    audio: (title) => [`This is a sound file (${title}), not a picture.`, 'Choose a picture.'],
    other: (title) => [`This is a ${title} file, not a picture.`, CHOOSE_PICTURE],
  };

/** The refusal of a file that is no picture, naming what it is where that is known. */
export function refuseKind(kind: FileKind | undefined, file: string): InputError {
  const [message, action] =
    kind && kind.class !== 'picture'
      ? REFUSALS[kind.class](kind.title)
      : ['This is not a picture, whatever its name ends in.', CHOOSE_PICTURE];
  return new InputError(message, { file, action });
}

/** Complaints by their words, most specific first. */
const COMPLAINTS: readonly { readonly match: RegExp; readonly say: string; readonly action: string }[] = [
  {
    match:
      /premature end|truncated|unexpected end|end of (file|data|stream)|eof|not enough|read error|short read|insufficient/i,
    say: 'The file ends early: a part of the picture is missing',
    action: 'Copy or download it again.',
  },
  { match: /pixel limit|exceeds/i, say: 'The picture has too many pixels', action: 'Scale it down and try again.' },
  { match: /timeout/i, say: 'Decoding takes too long', action: 'Save it again with another program.' },
  {
    match: /not been built in|unsupported/i,
    say: 'The file uses a variant of its format that cannot be opened',
    action: 'Save it as PNG or JPEG and try again.',
  },
];

/** A decoder's error as an `InputError`; one that is an `InputError` already stays. */
export function toDecodeError(error: unknown, format: PictureFormat, file: string): InputError {
  if (error instanceof InputError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const row = COMPLAINTS.find(({ match }) => match.test(detail));
  const say = row?.say ?? 'The picture is damaged and cannot be decoded';
  return new InputError(`${say} (${format.toUpperCase()}).`, {
    file,
    action: row?.action ?? 'Choose another file or save it again.',
    cause: error,
  });
}

/** What a stream says about its colours, and how that steers the conversion to RGB and back. */

/** Names as ffmpeg spells them; absent where the file does not say. */
export interface ColorTags {
  readonly range?: 'tv' | 'pc' | undefined;
  readonly matrix?: string | undefined;
  readonly primaries?: string | undefined;
  readonly transfer?: string | undefined;
}

/** Matrices that the scaler knows, under its own names. */
const SCALER_MATRICES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  fcc: 'fcc',
  smpte240m: 'smpte240m',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};

/** Lines above which an untagged video is taken for high definition. */
const STANDARD_DEFINITION_LINES = 576;

const SCALER_FLAGS = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/**
 * The scaler's matrix for a video: as tagged; where it is not, BT.601 up to 576 lines and BT.709 above, as players do.
 * Decoding and encoding use the same answer, so an untagged video keeps its colours.
 */
export function scalerMatrix(tags: ColorTags, lines: number): string {
  return SCALER_MATRICES[tags.matrix ?? ''] ?? (lines <= STANDARD_DEFINITION_LINES ? 'bt601' : 'bt709');
}

export const isRgbFormat = (pixelFormat: string): boolean =>
  /^(rgb|bgr|gbr|argb|abgr|0rgb|0bgr|pal8)/.test(pixelFormat);

/** Filters from a stream's own format to RGB24 of `size` pixels. RGB is repacked without touching its values. */
export function toRgbFilters(
  stream: { readonly pixelFormat: string; readonly color: ColorTags; readonly codedHeight: number },
  size: { readonly width: number; readonly height: number },
): readonly string[] {
  const scale = `scale=${size.width}:${size.height}:flags=${SCALER_FLAGS}`;
  if (isRgbFormat(stream.pixelFormat)) return [scale, 'format=rgb24'];
  const range = rangeOf(stream.color, stream.pixelFormat);
  return [
    `${scale}:in_color_matrix=${scalerMatrix(stream.color, stream.codedHeight)}:in_range=${range}`,
    'format=rgb24',
  ];
}

/** Filters from RGB24 to an encoder's pixel format, the inverse of `toRgbFilters`. */
export function fromRgbFilters(pixelFormat: string, tags: ColorTags, lines: number): readonly string[] {
  if (isRgbFormat(pixelFormat)) return [`format=${pixelFormat}`];
  const range = tags.range ?? 'tv';
  return [
    `scale=flags=${SCALER_FLAGS}:out_color_matrix=${scalerMatrix(tags, lines)}:out_range=${range}`,
    `format=${pixelFormat}`,
  ];
}

/** Encoder options that write the tags; nothing is written for what the source does not say. */
export function colorOptions(tags: ColorTags, pixelFormat: string): readonly string[] {
  const rgb = isRgbFormat(pixelFormat);
  return [
    // RGB has no matrix of its own and always the full range.
    ...(rgb ? [] : option('-color_range', tags.range)),
    ...(rgb ? [] : option('-colorspace', tags.matrix)),
    ...option('-color_primaries', tags.primaries),
    ...option('-color_trc', tags.transfer),
  ];
}

/**
 * The flag that makes MP4 and QuickTime carry the tags outside the stream too, where ProRes has them. Not for untagged
 * video: ffmpeg would make tags up from its size.
 */
export const colorBoxFlag = ({ matrix, primaries, transfer }: ColorTags): string =>
  (matrix ?? primaries ?? transfer) === undefined ? '' : '+write_colr';

/** The range of a stream: as tagged, or full for the `yuvj` formats, or limited. */
export const rangeOf = (tags: ColorTags, pixelFormat: string): 'tv' | 'pc' =>
  tags.range ?? (pixelFormat.startsWith('yuvj') ? 'pc' : 'tv');

const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

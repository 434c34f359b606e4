/**
 * The mark that every export carries in its XMP: that the picture is a synthetic composite, and which program made it.
 * It says where a picture comes from, not who is in it, so it stays when other metadata is stripped.
 * Terms: IPTC Photo Metadata Standard, "Digital Source Type"; http://cv.iptc.org/newscodes/digitalsourcetype/
 */
import { PRODUCT } from '#shared/product.ts';
import type { EngineId } from '#shared/settings.ts';

const NEWSCODES = 'http://cv.iptc.org/newscodes/digitalsourcetype/';

/** The IPTC term for what each engine makes out of two photos. */
export const DIGITAL_SOURCE_TYPES: Readonly<Record<EngineId, string>> = {
  classic: `${NEWSCODES}compositeSynthetic`,
  rgi: `${NEWSCODES}compositeWithTrainedAlgorithmicMedia`,
};

/** Properties that a kept packet may already have and that this export says anew. */
const REPLACED = [
  'Iptc4xmpExt:DigitalSourceType',
  'xmp:CreatorTool',
  'tiff:Orientation',
  'exif:Orientation',
  'xmp:Thumbnails',
  'xmpMM:DocumentID',
  'xmpMM:InstanceID',
];

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

function description(engine: EngineId): string {
  return [
    '<rdf:Description rdf:about=""',
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
    ` xmp:CreatorTool="${escapeXml(`${PRODUCT.name} ${PRODUCT.version}`)}"`,
    ` Iptc4xmpExt:DigitalSourceType="${DIGITAL_SOURCE_TYPES[engine]}"/>`,
  ].join('');
}

const fresh = (inner: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inner}</rdf:RDF></x:xmpmeta>`;

/**
 * An XMP packet with the mark.
 * @param kept the target's own packet when its metadata is kept; one that cannot be read as XMP is replaced
 * @returns UTF-8
 */
export function markedXmp(engine: EngineId, kept?: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  const mark = description(engine);
  const body = (kept && insertMark(kept, mark)) ?? fresh(mark);
  const packet = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>${body}<?xpacket end="r"?>`;
  return new TextEncoder().encode(packet);
}

function insertMark(kept: Uint8Array, mark: string): string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(kept);
  } catch {
    return undefined;
  }
  const start = text.search(/<(?:x:xmpmeta|rdf:RDF)[\s>]/);
  const closing = ['</x:xmpmeta>', '</rdf:RDF>'].find((tag) => text.includes(tag));
  if (start < 0 || !closing || !text.includes('</rdf:RDF>')) return undefined;
  let body = text.slice(start, text.lastIndexOf(closing) + closing.length);
  for (const property of REPLACED) {
    body = body
      .replace(new RegExp(`\\s${property}\\s*=\\s*("[^"]*"|'[^']*')`, 'g'), '')
      .replace(new RegExp(`<${property}(\\s[^>]*)?/>`, 'g'), '')
      .replace(new RegExp(`<${property}(\\s[^>]*)?>[\\s\\S]*?</${property}>`, 'g'), '');
  }
  const end = body.lastIndexOf('</rdf:RDF>');
  return body.slice(0, end) + mark + body.slice(end);
}

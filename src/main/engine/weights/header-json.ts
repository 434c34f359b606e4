/**
 * The JSON of a safetensors header, read strictly: objects, arrays, strings and natural numbers, which is all such a
 * header consists of. Unlike `JSON.parse` it refuses a key that occurs twice (two readers could otherwise see two
 * different files), a number it cannot hold exactly and text that is not valid Unicode, and it stops at a size.
 */

export type HeaderValue = string | number | readonly HeaderValue[] | HeaderObject;
export type HeaderObject = ReadonlyMap<string, HeaderValue>;

/** Deeper than a header ever goes: header, tensor, shape. */
const MAX_DEPTH = 4;
/** Objects, arrays, strings and numbers together; about a hundred thousand tensors. */
const MAX_VALUES = 1_000_000;

/** What is wrong and where; the caller knows the file. */
export class HeaderSyntaxError extends Error {}

/**
 * Parses the text of a header. White space may follow the object, nothing else.
 * @throws HeaderSyntaxError
 */
export function parseHeaderJson(text: string): HeaderObject {
  if (!text.startsWith('{')) throw new HeaderSyntaxError('The header does not begin with "{".');
  const scanner = new Scanner(text);
  const value = scanner.object(1);
  scanner.end();
  return value;
}

const WHITE = /[ \t\n\r]*/y;
const NATURAL = /0|[1-9][0-9]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class Scanner {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  object(depth: number): HeaderObject {
    this.#expect('{');
    const entries = new Map<string, HeaderValue>();
    for (let first = true; !this.#take('}'); first = false) {
      if (!first) this.#expect(',');
      const key = this.#string();
      if (entries.has(key)) this.#fail(`the key ${JSON.stringify(key.slice(0, 120))} occurs twice`);
      this.#expect(':');
      entries.set(key, this.#value(depth + 1));
    }
    return entries;
  }

  end(): void {
    this.#skip(WHITE);
    if (this.#at !== this.#text.length) this.#fail('something follows the object');
  }

  #value(depth: number): HeaderValue {
    if (depth > MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH} levels`);
    if (++this.#values > MAX_VALUES) this.#fail(`more than ${MAX_VALUES} values`);
    this.#skip(WHITE);
    const next = this.#text[this.#at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"') return this.#string();
    return this.#natural();
  }

  #array(depth: number): readonly HeaderValue[] {
    this.#expect('[');
    const items: HeaderValue[] = [];
    for (let first = true; !this.#take(']'); first = false) {
      if (!first) this.#expect(',');
      items.push(this.#value(depth + 1));
    }
    return items;
  }

  /** The end is looked for by hand: a pattern that repeats would need a stack as deep as the string is long. */
  #string(): string {
    this.#skip(WHITE);
    const start = this.#at;
    if (this.#text[start] !== '"') return this.#fail('a string is expected');
    let end = start + 1;
    while (end < this.#text.length && this.#text.charCodeAt(end) !== QUOTE) {
      end += this.#text.charCodeAt(end) === BACKSLASH ? 2 : 1;
    }
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      return this.#fail('a string is not valid');
    }
    if (LONE_SURROGATE.test(value)) this.#fail('a string holds half a surrogate pair');
    this.#at = end + 1;
    return value;
  }

  #natural(): number {
    const token = this.#match(NATURAL);
    const value = Number(token);
    if (token === undefined || !Number.isSafeInteger(value)) return this.#fail('a whole number below 2^53 is expected');
    return value;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#fail(`"${character}" is expected`);
  }

  #take(character: string): boolean {
    this.#skip(WHITE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    this.#at += token?.length ?? 0;
    return token;
  }

  #fail(what: string): never {
    throw new HeaderSyntaxError(`The header is not valid at character ${this.#at}: ${what}.`);
  }
}

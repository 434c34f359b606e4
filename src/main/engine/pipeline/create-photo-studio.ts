/** The photo side of the engine: open pictures, run swaps, hand out views. */
import { performance } from 'node:perf_hooks';
import { UsageError } from '#engine/errors.ts';
import { FaceAnalyser } from '#engine/face/faces.ts';
import { setModelsFolder } from '#engine/face/models/location.ts';
import { findHome } from '#engine/files/home.ts';
import { composeAffine } from '#engine/image/affine.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { type EncodedFile, encodeImagePreview, encodePicture, encodePreview } from '#engine/image/encode.ts';
import { listPacks } from '#engine/weights/packs.ts';
import type { PhotoId, ResultId, SwapRequest, SwapResult, Warning } from '#shared/contract.ts';
import { REFINE_SIDES, type RefinePair, type RefineSide } from '#shared/contract-refine.ts';
import type { ExportSettings } from '#shared/settings.ts';
import { STAGE_IDS, type StageId } from '#shared/stages.ts';
import { alignFace, faceTransform, resizedTransform } from './align-stage.ts';
import type { AlignedFace } from './aligned-face.ts';
import { type DraftPicture, draftPicture, inPhoto } from './draft-picture.ts';
import type { SwappedPair } from './engine-stages.ts';
import { Engines, type EnginesOptions } from './engines.ts';
import { enlargeFace, overviewOf } from './overview.ts';
import { pasteBack } from './paste-back.ts';
import { faceInfo, PhotoStore, photoInfo } from './photo-store.ts';
import type { EncodedPicture, ParsedFace, ParseOptions, PhotoStudio } from './photo-studio.ts';
import { faceMark, type RefinedFace, type RefinedIdentity, refinedWeights } from './refined-face.ts';
import { RefinedFolder, RefinedStore } from './refined-vectors.ts';
import { ResultStore } from './result-store.ts';
import { CROP_SIZE } from './rgi/graphs.ts';
import { rgiReadiness } from './rgi/readiness.ts';
import type { RunOptions } from './run-options.ts';
import { drivenKey, faceKey, isDraftKey, type PairSide } from './run-pair.ts';
import { StageCache } from './stage-cache.ts';
import { StageRunner } from './stage-runner.ts';

export interface PhotoStudioOptions extends EnginesOptions {
  /** The `models/` folder; looked for beside the program when absent. */
  readonly modelsDir?: string | undefined;
}

/** Bytes of intermediate results that are kept for the next run. */
const CACHE_BYTES = 512 * 2 ** 20;
/** The same for those of drafts, of which a drag makes many that nobody asks for again. */
const DRAFT_BYTES = 128 * 2 ** 20;

/** Opens no model before it is needed. */
export function createPhotoStudio(options: PhotoStudioOptions = {}): PhotoStudio {
  if (options.modelsDir !== undefined) setModelsFolder(options.modelsDir);
  return new LocalPhotoStudio(options);
}

const preview = ({ bytes, mime, width, height }: EncodedFile): EncodedPicture => ({ bytes, mime, width, height });

class LocalPhotoStudio implements PhotoStudio {
  readonly #analyser: FaceAnalyser;
  readonly #photos = new PhotoStore();
  readonly #results = new ResultStore();
  readonly #cache = new StageCache(CACHE_BYTES, { holds: isDraftKey, budget: DRAFT_BYTES });
  readonly #engines: Engines;
  readonly #refined = new RefinedStore(new RefinedFolder(findHome().refined));

  constructor(options: PhotoStudioOptions) {
    this.#analyser = new FaceAnalyser({ threads: options.threads });
    this.#engines = new Engines(this.#analyser, options, () => this.#cache.forget('rgi|'));
  }

  async open(file: { path: string; name: string }, { thorough }: { thorough: boolean }, run: RunOptions = {}) {
    const picture = await decodePicture(file.path, file.name, run.signal);
    const { image, factor } = await overviewOf(picture);
    const found = await this.#analyser.detect(image, { thorough, signal: run.signal });
    return photoInfo(
      this.#photos.add(
        file.name,
        picture,
        found.map((face) => enlargeFace(face, factor)),
      ),
    );
  }

  async detect(id: PhotoId, { thorough }: { thorough: boolean }, run: RunOptions = {}) {
    const photo = this.#photos.get(id);
    const { image, factor } = await overviewOf(photo.picture);
    const found = await this.#analyser.detect(image, { thorough, signal: run.signal });
    photo.faces = found.map((face) => enlargeFace(face, factor));
    this.#cache.forget(id);
    this.#refined.forget(id);
    return photoInfo(photo);
  }

  async denseLandmarks(id: PhotoId, face: number): Promise<Float32Array> {
    return this.#photos.face(id, face).landmarks.slice();
  }

  async view(id: PhotoId, maxSide: number): Promise<EncodedPicture> {
    return preview(await encodePreview(this.#photos.get(id).picture, { maxSide }));
  }

  async faceThumb(id: PhotoId, face: number, maxSide: number): Promise<EncodedPicture> {
    const { crop } = await this.#side(id, face, true).align();
    return preview(await encodeImagePreview(crop, { maxSide }));
  }

  async parse(id: PhotoId, face: number, run: ParseOptions = {}): Promise<ParsedFace> {
    const runner = new StageRunner(this.#cache, run, 1);
    const side = this.#side(id, face, run.crop ?? true);
    const aligned = await runner.run('align', side.key, () => side.align());
    const stages = this.#engines.classicStages;
    const { parse } = await runner.run('parse-target', `${stages.id}|${side.key}`, () =>
      stages.parse(aligned, run.signal),
    );
    const { width, labels } = parse.labels();
    const scale = aligned.size / width;
    return { size: width, labels: labels.slice(), toPhoto: composeAffine(aligned.toPhoto, [scale, 0, 0, 0, scale, 0]) };
  }

  close(id: PhotoId): boolean {
    this.#cache.forget(id);
    this.#refined.forget(id);
    return this.#photos.delete(id);
  }

  async swap(request: SwapRequest, run: RunOptions = {}): Promise<SwapResult> {
    const start = performance.now();
    const { settings, assignments, draft } = request;
    const engine = await this.#engines.choose(settings.engine);
    using _rest = this.#engines.restAfterwards();
    const targets = assignments.map((a) => a.targetFace);
    if (new Set(targets).size < targets.length)
      throw new UsageError('Each face of the target can have one source only.');
    const runner = new StageRunner(this.#cache, run, assignments.length);
    const { picture: photo } = this.#photos.get(request.target);
    let picture = photo;
    let reduced: DraftPicture | undefined;
    const faces: SwapResult['faces'] = [];
    const pairs = new Map<number, SwappedPair>();
    for (const [index, { targetFace, source, sourceFace, others = [] }] of assignments.entries()) {
      runner.beginFace(index);
      if (engine.encode) {
        const { target } = request;
        for (const from of [{ source, sourceFace }, ...others])
          await this.#recall({ target, targetFace, ...from, crop: settings.crop }, run.keptVectors ?? true);
      }
      const target = this.#side(request.target, targetFace, settings.crop, engine.cropSize);
      const from = this.#side(source, sourceFace, settings.crop, target.size);
      const further = others.map((other) => ({
        side: this.#side(other.source, other.sourceFace, settings.crop, target.size),
        regions: other.regions,
      }));
      const extras = { others: further, refined: this.#refined, draft };
      const pair = await engine.run(target, from, settings, runner, extras);
      const pasted = await runner.measure('paste', async () => {
        const { alignedTarget, result } = pair;
        if (pair.draft && pairs.size === 0) reduced = await draftPicture(photo);
        if (!reduced) return pasteBack(picture, alignedTarget, result);
        const toPhoto = composeAffine(reduced.fromPhoto, alignedTarget.toPhoto);
        const under = pairs.size === 0 ? reduced.picture : picture;
        const draft = await pasteBack(under, { ...alignedTarget, toPhoto }, result);
        return { picture: draft.picture, touched: inPhoto(draft.touched, reduced) };
      });
      picture = pasted.picture;
      pairs.set(targetFace, pair);
      const { x, y, width, height } = pasted.touched;
      const warnings = [
        ...this.#gateOf(request.target, targetFace, 'Target'),
        ...this.#gateOf(source, sourceFace, 'Source'),
        ...others.flatMap((other) =>
          this.#gateOf(other.source, other.sourceFace, `Source of ${other.regions.join(', ')}`),
        ),
        ...pair.warnings(),
      ];
      faces.push({ targetFace, warnings, stages: [...STAGE_IDS], touched: [x, y, width, height] });
    }
    const isDraft = [...pairs.values()].some((pair) => pair.draft);
    const result = this.#results.add({ picture, engine: engine.id, draft: isDraft, pairs });
    const { width, height } = photo;
    return {
      result,
      engine: engine.id,
      draft: isDraft,
      width,
      height,
      faces,
      times: runner.times,
      milliseconds: performance.now() - start,
    };
  }

  async encodePair(pair: RefinePair, run: RunOptions = {}) {
    const engine = await this.#engines.choose('rgi');
    using _rest = this.#engines.restAfterwards();
    const { target, source } = this.#pairOf(pair);
    const encoded = await engine.encode?.(target, source, new StageRunner(this.#cache, run, 1));
    if (!encoded) throw new UsageError('Only faces of the rgi engine have style vectors.');
    await engine.rest?.();
    return encoded;
  }

  async setVectors(pair: RefinePair, side: RefineSide, vectors: Float32Array<ArrayBuffer> | undefined): Promise<void> {
    const key = this.#pairOf(pair).keys[side];
    const identity = await this.identify(pair, side);
    if (vectors === undefined) return await this.#refined.takeBack(key, identity);
    const { name } = this.#photos.get(pair[side]);
    await this.#refined.set(key, { identity, vectors, name });
  }

  giveVectors(face: RefinedFace): void {
    this.#refined.give(face);
  }

  async identify(pair: RefinePair, side: RefineSide): Promise<RefinedIdentity> {
    const { target, targetFace, source, sourceFace, crop } = pair;
    const mark = (id: PhotoId, face: number): Promise<string> => {
      const { picture } = this.#photos.get(id);
      return faceMark(picture, resizedTransform(faceTransform(picture, this.#photos.face(id, face), crop), CROP_SIZE));
    };
    return {
      side,
      target: await mark(target, targetFace),
      source: side === 'source' ? await mark(source, sourceFace) : '',
      weights: refinedWeights(rgiReadiness(await listPacks(findHome().packs)), side),
    };
  }

  async refined(pair: RefinePair) {
    await this.#recall(pair, true);
    const { keys } = this.#pairOf(pair);
    return {
      source: this.#refined.get(keys.source) !== undefined,
      target: this.#refined.get(keys.target) !== undefined,
    };
  }

  keptVectors = () => this.#refined.list();
  clearVectors = () => this.#refined.clear();

  async #recall(pair: RefinePair, kept: boolean): Promise<void> {
    const { keys } = this.#pairOf(pair);
    for (const side of REFINE_SIDES) await this.#refined.recall(keys[side], () => this.identify(pair, side), kept);
  }

  async viewResult(id: ResultId, maxSide: number): Promise<EncodedPicture> {
    return preview(await encodePreview(this.#results.get(id).picture, { maxSide }));
  }

  async stage(id: ResultId, targetFace: number, stage: StageId, maxSide: number): Promise<EncodedPicture> {
    const pair = this.#results.get(id).pairs.get(targetFace);
    if (!pair) throw new UsageError(`Face ${targetFace} was not exchanged in this result.`);
    return preview(await encodeImagePreview(pair.picture(stage), { maxSide, format: 'png' }));
  }

  async encodeResult(id: ResultId, settings: ExportSettings): Promise<EncodedPicture> {
    const { picture, engine, draft } = this.#results.get(id);
    if (draft) throw new UsageError('A draft is not written.', { action: 'Run the swap again without a draft.' });
    return encodePicture(picture, settings, engine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#photos.clear();
    this.#results.clear();
    this.#cache.clear();
    await this.#engines[Symbol.asyncDispose]();
    await this.#analyser[Symbol.asyncDispose]();
  }

  /** What the gate says of one face beyond mere remarks. */
  #gateOf(id: PhotoId, index: number, side: string): Warning[] {
    const { warnings } = faceInfo(this.#photos.get(id), index);
    return warnings
      .filter(({ severity }) => severity !== 'info')
      .map((warning) => ({ ...warning, message: `${side}: ${warning.message}` }));
  }

  /** The sides of a pair for the rgi engine, and the keys of their style vectors. */
  #pairOf({ target: photo, targetFace, source: from, sourceFace, crop }: RefinePair) {
    const target = this.#side(photo, targetFace, crop, CROP_SIZE);
    const source = this.#side(from, sourceFace, crop, CROP_SIZE);
    return { target, source, keys: { target: faceKey('rgi', target), source: drivenKey('rgi', source, target) } };
  }

  /** A face of an open picture as one side of a pair, at its own working size unless another is asked for. */
  #side(id: PhotoId, index: number, crop: boolean, size?: number): PairSide & { readonly size: number } {
    const face = this.#photos.face(id, index);
    const { picture } = this.#photos.get(id);
    const own = faceTransform(picture, face, crop);
    const transform = resizedTransform(own, size ?? own.size);
    return {
      key: `${id}#${index}@${transform.size}${crop ? '' : '!'}`,
      size: transform.size,
      align: (): Promise<AlignedFace> => alignFace(picture, face, transform),
    };
  }
}

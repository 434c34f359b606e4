/**
 * How near a swapped face is to its source and to its target, by an independent recogniser (face-api's 128 numbers;
 * below about 0.6 two pictures count as one person). For development only, and outside the project's dependencies,
 * because it brings 330 MB along:
 *
 *   npm i --prefix /tmp/face-api @vladmandic/face-api@1.7.15 @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
 *   node scripts/measure-identity.mjs /tmp/face-api source.png target.png result.png [source target result …]
 *
 * The pictures should show one upright face each, for example the crops that the studio hands out.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';

const [home, ...files] = process.argv.slice(2);
if (home === undefined || files.length === 0 || files.length % 3 !== 0) {
  console.error('usage: node scripts/measure-identity.mjs <folder with face-api> <source> <target> <result> …');
  process.exit(2);
}
const require = createRequire(path.resolve(home, 'package.json'));
const tf = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/wasm-out/`);
await tf.setBackend('wasm');
await tf.ready();
const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
const models = path.resolve(home, 'node_modules/@vladmandic/face-api/model');
for (const net of ['ssdMobilenetv1', 'faceLandmark68Net', 'faceRecognitionNet']) {
  await faceapi.nets[net].loadFromDisk(models);
}

async function descriptorOf(file) {
  const { data, info } = await sharp(file)
    .rotate()
    .removeAlpha()
    .toColourspace('srgb')
    .resize(600, 600, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
  const options = new faceapi.SsdMobilenetv1Options({ minConfidence: 0.1 });
  const found = await faceapi.detectSingleFace(image, options).withFaceLandmarks().withFaceDescriptor();
  image.dispose();
  if (!found) throw new Error(`no face in ${file}`);
  return found.descriptor;
}

const distance = (a, b) => Math.hypot(...Array.from(a, (v, i) => v - b[i]));
let nearer = 0;
for (let i = 0; i < files.length; i += 3) {
  const [source, target, result] = await Promise.all(files.slice(i, i + 3).map(descriptorOf));
  const toSource = distance(result, source);
  const toTarget = distance(result, target);
  if (toSource < toTarget) nearer++;
  const apart = distance(source, target).toFixed(3);
  console.log(`source ${toSource.toFixed(3)}  target ${toTarget.toFixed(3)}  apart ${apart}  ${files[i + 2]}`);
}
console.log(`nearer to the source: ${nearer} of ${files.length / 3}`);

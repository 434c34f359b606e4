// The layer rule: every import in src/ and bench/ must be allowed by layers.json. Prints one line per violation.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Every `from '…'`, `import '…'` and `import('…')` of a TypeScript text, with its line. */
export function importsOf(text) {
  const found = [];
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  for (const match of text.matchAll(pattern)) {
    found.push({ specifier: match[2], line: text.slice(0, match.index).split('\n').length });
  }
  return found;
}

/** The layer a path belongs to: the longest entry of the table that contains it. */
export function layerOf(file, layers) {
  return Object.keys(layers)
    .filter((layer) => file === layer || file.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Violations as `file:line message`, empty when the tree keeps the rule. */
export function checkLayers(root = here) {
  const { layers, packages } = JSON.parse(readFileSync(path.join(root, 'layers.json'), 'utf8'));
  const aliases = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).imports;
  const violations = [];
  const walk = (dir) => {
    for (const name of readdirSync(path.join(root, dir)).sort()) {
      const file = `${dir}/${name}`;
      if (statSync(path.join(root, file)).isDirectory()) walk(file);
      else if (/\.(ts|tsx|mts)$/.test(name)) checkFile(file);
    }
  };
  const resolve = (file, specifier) => {
    if (specifier.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
    for (const [alias, target] of Object.entries(aliases)) {
      const prefix = alias.slice(0, -1);
      if (specifier.startsWith(prefix))
        return path.posix.normalize(target.slice(0, -1) + specifier.slice(prefix.length));
    }
    return undefined;
  };
  const checkFile = (file) => {
    const layer = layerOf(file, layers);
    if (layer === undefined) {
      violations.push(`${file}:1 belongs to no layer of layers.json`);
      return;
    }
    for (const { specifier, line } of importsOf(readFileSync(path.join(root, file), 'utf8'))) {
      const target = resolve(file, specifier);
      if (target === undefined) {
        const owner = Object.keys(packages).find((name) => specifier === name || specifier.startsWith(`${name}/`));
        if (owner !== undefined && !packages[owner].some((dir) => file.startsWith(`${dir}/`))) {
          violations.push(`${file}:${line} only ${packages[owner].join(', ')} may import ${owner}`);
        }
        continue;
      }
      if (!target.startsWith('src/') && !target.startsWith('bench/')) continue;
      const allowed = [layer, ...layers[layer]];
      if (!allowed.some((dir) => target === dir || target.startsWith(`${dir}/`))) {
        violations.push(`${file}:${line} ${layer} may not import ${target}`);
      }
    }
  };
  for (const dir of ['src', 'bench']) if (existsSync(path.join(root, dir))) walk(dir);
  return violations;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkLayers();
  for (const violation of violations) console.error(violation);
  console.log(`${violations.length === 0 ? 'ok  ' : 'FAIL'} layers`);
  process.exit(violations.length === 0 ? 0 : 1);
}

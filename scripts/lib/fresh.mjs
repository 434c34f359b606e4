// Is a bundle up to date? A stamp beside it holds the hash of everything it was made from.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** All files below the given files and folders, sorted, as paths relative to `root`. Names that do not exist are skipped. */
export function filesBelow(root, names) {
  const found = [];
  const walk = (name) => {
    const stat = statSync(path.join(root, name), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) for (const child of readdirSync(path.join(root, name))) walk(`${name}/${child}`);
    else found.push(name);
  };
  for (const name of names) walk(name);
  return [...new Set(found)].sort();
}

/** SHA-256 over names and contents of the files below `names`. */
export function stampOf(root, names) {
  const hash = createHash('sha256');
  for (const file of filesBelow(root, names)) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

const stampFile = (root, out) => path.join(root, 'dist', '.stamps', out.replaceAll('/', '-'));

/** True when `out` exists and was made from inputs with this stamp. */
export function isFresh(root, out, stamp) {
  try {
    return statSync(path.join(root, out)).isDirectory() && readFileSync(stampFile(root, out), 'utf8') === stamp;
  } catch {
    return false;
  }
}

/** Puts the finished folder `made` in the place of `out` and remembers its stamp. */
export function publish(root, made, out, stamp) {
  const target = path.join(root, out);
  const old = `${target}.old-${process.pid}`;
  rmSync(stampFile(root, out), { force: true });
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    renameSync(target, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(made, target);
  rmSync(old, { recursive: true, force: true });
  mkdirSync(path.dirname(stampFile(root, out)), { recursive: true });
  writeFileSync(stampFile(root, out), stamp);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while no other process of this machine runs under the same lock; a lock of a dead process is taken over. */
export async function withLock(lockDir, work) {
  mkdirSync(path.dirname(lockDir), { recursive: true });
  const owner = path.join(lockDir, 'pid');
  for (;;) {
    try {
      mkdirSync(lockDir);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lockDir, owner)) {
      // Only one of several waiting processes can rename it away.
      const grave = `${lockDir}-${process.pid}`;
      try {
        renameSync(lockDir, grave);
        rmSync(grave, { recursive: true, force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
    } else {
      await pause(100);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lockDir, { recursive: true, force: true });
  }
}

function isAbandoned(lockDir, owner) {
  try {
    return !isAlive(Number(readFileSync(owner, 'utf8')));
  } catch {
    // Between mkdir and the writing of the pid: abandoned only when that took too long.
    const stat = statSync(lockDir, { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs > 5_000;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { docker, root } from './docker';
import { buildArguments, type ImageSpec, repositoryOf } from './images';
import { copyClosure } from './package-closure';

export interface BuiltImage {
  readonly image: ImageSpec;
  readonly tag: string;
}

/** Builds these images from bundles that are there already; `stocktool/<name>:<tag>`. */
export async function buildImages(images: readonly ImageSpec[], tag: string): Promise<BuiltImage[]> {
  const origin = originOf();
  const built: BuiltImage[] = [];
  for (const image of images) {
    const dist = path.join(root, image.project, 'dist');
    if (!existsSync(path.join(dist, 'main.js'))) throw new Error(`${image.project} has no bundle: npm run build`);
    // Its DynamoDB engine is loaded by path and cannot be bundled.
    if (image.name === 'local-aws') copyClosure('dynalite', dist);
    const name = `${repositoryOf(image.name)}:${tag}`;
    await docker('build', '--quiet', ...buildArguments(image, origin), '--tag', name, '.');
    built.push({ image, tag: name });
  }
  return built;
}

/** Where the images come from, for their labels: the workspace's version, the commit, the repository. */
function originOf() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const git = (...arguments_: string[]) => {
    try {
      return execFileSync('git', arguments_, {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      return '';
    }
  };
  const changed = git('status', '--porcelain') !== '';
  const revision = git('rev-parse', 'HEAD');
  return {
    version,
    revision: revision === '' ? 'unknown' : `${revision}${changed ? '-changed' : ''}`,
    source: process.env['IMAGE_SOURCE'] ?? 'unknown',
  };
}

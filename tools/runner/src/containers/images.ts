import { parseArgs } from 'node:util';
import { buildImages, docker, localImages, noEngine, serviceImages } from '@stocktool/images';
import { packageFunctions } from '@stocktool/lambda-harness';
import { Failure } from '../failure';
import { buildAll } from '../workspace-build';

/** `npm run images [-- --tag <tag>]`: bundles, the zip of each function, the five services' images and those of a local system. */
export async function images(arguments_: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...arguments_], options: { tag: { type: 'string', default: 'local' } } });
  await buildAll();
  for (const { file, bytes, sha256 } of packageFunctions())
    console.log(`${file}  ${(bytes / 1e6).toFixed(2)} MB  sha256:${sha256}`);
  const missing = noEngine();
  if (missing !== undefined) throw new Failure(`The images were not built: ${missing}.`);
  for (const { tag } of await buildImages([...serviceImages, ...localImages], values.tag)) {
    const bytes = Number(await docker('image', 'inspect', '--format', '{{.Size}}', tag));
    console.log(`${tag}  ${(bytes / 1e6).toFixed(0)} MB`);
  }
  return 0;
}

import { spawnSync } from 'node:child_process';
import { Failure } from '../failure';

/** How Docker Compose is called here: the plugin (v2), else the older program (1.29). */
export function composeCommand(): readonly string[] {
  const works = ([command = '', ...rest]: readonly string[]) =>
    spawnSync(command, [...rest, 'version'], { stdio: 'ignore' }).status === 0;
  const found = [['docker', 'compose'], ['docker-compose']].find(works);
  if (found === undefined) throw new Failure('Docker Compose is missing: neither `docker compose` nor docker-compose.');
  return found;
}

import { execFileSync } from 'node:child_process';
import { Failure } from '../failure';
import { root } from '../settings';

/** What git prints, or undefined where it has nothing to say: no such commit, no repository, no git. */
function git(clone: string, ...arguments_: string[]): string | undefined {
  try {
    return execFileSync('git', arguments_, {
      cwd: clone,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

const commitOf = (clone: string, ref: string): string | undefined =>
  git(clone, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);

export interface Previous {
  readonly commit: string;
  /** The first line of what its commit says. */
  readonly title: string;
}

/**
 * The version that runs while this one is deployed: the given one; else where this branch left main; on main itself the commit
 * before, since every commit of main is deployed. Throws Failure in one line when it is not in this clone.
 */
export function previousVersion(ref?: string, clone = root): Previous {
  const commit = ref === undefined ? usualPrevious(clone) : commitOf(clone, ref);
  if (commit === undefined) throw new Failure(`${missing(ref)} is not in this clone${remedy(clone)}`);
  return { commit, title: git(clone, 'log', '-1', '--format=%s', commit) ?? '' };
}

function usualPrevious(clone: string): string | undefined {
  const head = commitOf(clone, 'HEAD');
  for (const main of ['origin/main', 'main']) {
    const left = git(clone, 'merge-base', 'HEAD', main);
    if (left !== undefined && left !== head) return left;
  }
  return commitOf(clone, 'HEAD^');
}

const missing = (ref: string | undefined) => (ref === undefined ? 'The version before this one' : `The commit ${ref}`);

function remedy(clone: string): string {
  if (git(clone, 'rev-parse', '--git-dir') === undefined) return ': it has no git history.';
  const shallow = git(clone, 'rev-parse', '--is-shallow-repository') === 'true';
  return shallow ? ', which is shallow: git fetch --unshallow brings it.' : '.';
}

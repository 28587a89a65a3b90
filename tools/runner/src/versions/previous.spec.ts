import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { previousVersion } from './previous';

const directory = mkdtempSync(path.join(tmpdir(), 'previous-'));
const origin = path.join(directory, 'origin');
const git = (where: string, ...arguments_: string[]) => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@stocktool.example'];
  return execFileSync('git', ['-C', where, ...identity, ...arguments_], { encoding: 'utf8', stdio: 'pipe' }).trim();
};
const commit = (title: string) => {
  git(origin, 'commit', '--quiet', '--allow-empty', '-m', title);
  return git(origin, 'rev-parse', 'HEAD');
};

let onMain: string;
let before: string;
beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', origin]);
  commit('the first');
  before = commit('the one before');
  onMain = commit('the last on main');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the version before', () => {
  it('is on main the commit before, on a branch where it left main, or the one that is named', () => {
    expect(previousVersion(undefined, origin)).toEqual({ commit: before, title: 'the one before' });
    git(origin, 'switch', '--quiet', '--create', 'feature');
    commit('one step');
    commit('two steps');
    expect(previousVersion(undefined, origin)).toEqual({ commit: onMain, title: 'the last on main' });
    expect(previousVersion('main~2', origin)).toMatchObject({ title: 'the first' });
  });

  it('says in one line what is missing', () => {
    expect(() => previousVersion('v9', origin)).toThrow('The commit v9 is not in this clone.');
    const shallow = path.join(directory, 'shallow');
    git(directory, 'clone', '--quiet', '--depth', '1', '--branch', 'main', `file://${origin}`, shallow);
    expect(() => previousVersion(undefined, shallow)).toThrow(
      'The version before this one is not in this clone, which is shallow: git fetch --unshallow brings it.',
    );
    const archive = mkdtempSync(path.join(tmpdir(), 'no-git-'));
    expect(() => previousVersion(undefined, archive)).toThrow(
      'The version before this one is not in this clone: it has no git history.',
    );
    rmSync(archive, { recursive: true });
  });
});

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const root = path.resolve(import.meta.dirname, '../../..');

export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: unknown;
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly steps?: readonly Step[];
  readonly services?: Readonly<Record<string, { readonly image: string }>>;
  readonly 'timeout-minutes'?: number;
  readonly 'continue-on-error'?: unknown;
}

export interface Workflow {
  readonly on: Readonly<Record<string, { readonly outputs?: Record<string, { value: string }> } | null>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const directory = path.join(root, '.github/workflows');

/** Every workflow of the repository by the name of its file. */
export const workflows: Readonly<Record<string, Workflow>> = Object.fromEntries(
  globSync('*.yml', { cwd: directory })
    .sort()
    .map((file) => [file, parse(readFileSync(path.join(directory, file), 'utf8')) as Workflow]),
);

export const textOf = (file: string): string => readFileSync(path.join(directory, file), 'utf8');

export interface Located {
  readonly file: string;
  readonly name: string;
  readonly job: Job;
}

export const jobs: readonly Located[] = Object.entries(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job })),
);

export const labelOf = ({ file, name }: Located): string => `${file} ${name}`;

const called = (job: Job): string | undefined => /^\.\/\.github\/workflows\/(.+)$/.exec(job.uses ?? '')?.[1];

const jobOf = (file: string, name: string): Located => {
  const job = workflows[file]?.jobs[name];
  if (job === undefined) throw new Error(`${file} has no job ${name}`);
  return { file, name, job };
};

/** Jobs of the same run that have succeeded when this one begins, for each way in which it can begin. */
export function before(place: Located): readonly (readonly Located[])[] {
  const own = neededBy(place);
  const triggers = Object.keys(workflows[place.file]?.on ?? {});
  const callers = jobs.filter(({ job }) => called(job) === place.file);
  const ways = callers.flatMap((caller) => before(caller).map((way) => [...own, caller, ...way]));
  return triggers.some((trigger) => trigger !== 'workflow_call') ? [...ways, own] : ways;
}

function neededBy({ file, job }: Located): Located[] {
  return [job.needs ?? []].flat().flatMap((name) => {
    const needed = jobOf(file, name);
    const inside = called(needed.job);
    const calledJobs = inside === undefined ? [] : jobs.filter((each) => each.file === inside);
    return [needed, ...neededBy(needed), ...calledJobs];
  });
}

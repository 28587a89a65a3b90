import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure';
import type { Program } from '../process-group';
import { root } from '../settings';

const Directories = z.record(z.string(), z.string());

/**
 * Which checkout each program runs from, in a JSON file by the program's name; what is not named runs from this one. Asked at every
 * start of a program: naming another checkout and ending the program replaces its version, as a deployment does.
 */
export class Releases {
  constructor(private readonly file?: string) {
    if (file !== undefined && !existsSync(file)) throw new Failure(`There is no file ${file} (--releases).`);
  }

  directoryOf(name: string): string {
    if (this.file === undefined) return root;
    return Directories.parse(JSON.parse(readFileSync(this.file, 'utf8')))[name] ?? root;
  }

  /**
   * The program as its version has it: its own bundle and data. The environment is that of this checkout for every version: in AWS,
   * too, the stacks with their settings come first and the images afterwards.
   */
  of<Any extends Program>(program: Any): Any {
    const directory = this.directoryOf(program.name);
    const there = (file: string) => path.join(directory, path.relative(root, file));
    const { DATA_DIR: data, ...others } = program.environment;
    return {
      ...program,
      script: there(program.script),
      environment: { ...others, ...(data !== undefined && { DATA_DIR: there(data) }) },
    };
  }
}

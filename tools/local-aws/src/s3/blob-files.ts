import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, constants, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const fanOut = 2;

/**
 * The bytes of objects, each version a file that is written once and never changed. A file appears under its name only when it is whole:
 * it is written beside and renamed.
 */
export class BlobFiles {
  private readonly root: string;
  private readonly incoming: string;
  private readonly temporary: boolean;
  private readonly directories = new Set<string>();

  constructor(dataDirectory: string | undefined) {
    this.temporary = dataDirectory === undefined;
    this.root = dataDirectory ? path.join(dataDirectory, 's3') : mkdtempSync(path.join(tmpdir(), 'local-aws-s3-'));
    this.incoming = path.join(this.root, 'incoming');
    rmSync(this.incoming, { recursive: true, force: true });
    mkdirSync(this.incoming, { recursive: true });
  }

  /** Writes a new blob; `whole` is called after the last byte and may still refuse it. Nothing is left behind on failure. */
  async write<T>(chunks: AsyncIterable<Buffer>, whole: () => T): Promise<{ blob: string; result: T }> {
    const blob = randomUUID();
    const draft = path.join(this.incoming, blob);
    try {
      const file = await open(draft, 'wx');
      try {
        for await (const chunk of chunks) await writeAll(file, chunk);
      } finally {
        await file.close();
      }
      const result = whole();
      await rename(draft, await this.place(blob));
      return { blob, result };
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async copy(source: string): Promise<string> {
    const blob = randomUUID();
    const draft = path.join(this.incoming, blob);
    try {
      await copyFile(this.pathOf(source), draft, constants.COPYFILE_FICLONE);
      await rename(draft, await this.place(blob));
      return blob;
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  open(blob: string): Promise<FileHandle> {
    return open(this.pathOf(blob), 'r');
  }

  async *read(blob: string, start?: number, end?: number): AsyncGenerator<Buffer> {
    const file = await this.open(blob);
    yield* file.createReadStream({
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    }) as AsyncIterable<Buffer>;
  }

  /** A file that stays behind is harmless and swept at the next start. */
  async remove(blobs: readonly (string | null)[]): Promise<void> {
    const present = blobs.filter((blob) => blob !== null);
    await Promise.all(present.map((blob) => rm(this.pathOf(blob), { force: true }).catch(() => undefined)));
  }

  /** Removes files of uploads that a crash cut off between the file and its row. */
  async sweep(startedAt: number, isKnown: (blob: string) => boolean): Promise<void> {
    for (const entry of await readdir(this.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || isKnown(entry.name)) continue;
      const file = path.join(entry.parentPath, entry.name);
      if ((await stat(file)).mtimeMs < startedAt) await rm(file, { force: true });
    }
  }

  stop(): void {
    if (this.temporary) rmSync(this.root, { recursive: true, force: true });
  }

  private pathOf(blob: string): string {
    return path.join(this.root, blob.slice(0, fanOut), blob);
  }

  private async place(blob: string): Promise<string> {
    const directory = path.join(this.root, blob.slice(0, fanOut));
    if (!this.directories.has(directory)) {
      await mkdir(directory, { recursive: true });
      this.directories.add(directory);
    }
    return this.pathOf(blob);
  }
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

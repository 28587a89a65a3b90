import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The part of the global that is used here; its types come only with those of a browser. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/** What `libs/analytics/kernel` exports; addresses are bytes in its memory. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  seedStreams(seed: number, block: number): void;
  fillNormals(out: number, vectors: number): void;
  describePortfolio(sharesHeld: boolean, count: number, weightsAt: number, valuesAt: number): void;
  describeRecord(count: number, stepsAt: number, bytesOfRow: number): void;
  describeShocks(count: number, triangleAt: number, slopesAt: number, constantsAt: number, constant: number): void;
  describeTails(doublingsOfExp: number, degreesOfFreedom: number): void;
  describeTotals(roomAt: number): void;
  simulateGaussian(steps: number, chunks: number, out: number, totals: number): void;
  describeHistory(count: number, rowCount: number, tableAt: number, length: number): void;
  describeVolatility(volatilityAt: number, variancesAt: number): void;
  simulateResampled(steps: number, chunks: number, out: number): void;
}

const pageBytes = 65_536;
const alignment = 16;

/** Bundled, the compiled kernel lies beside the program; from source it is compiled first when its source has changed. */
function compiledKernel(): Uint8Array<ArrayBuffer> {
  if (!import.meta.url.endsWith('.ts')) return readFileSync(new URL('./kernel.wasm', import.meta.url));
  const root = new URL('../../../../', import.meta.url);
  execFileSync(process.execPath, [fileURLToPath(new URL('tools/kernel.mjs', root))]);
  return readFileSync(new URL('libs/analytics/dist/kernel.wasm', root));
}

let module: object | undefined;

/** An instance of the kernel with memory of its own, filled from below; what is placed stays until the instance is dropped. */
export class Kernel {
  readonly exports: KernelExports;
  private top: number;

  constructor() {
    module ??= new WebAssembly.Module(compiledKernel());
    this.exports = new WebAssembly.Instance(module).exports as KernelExports;
    this.top = this.exports.memory.buffer.byteLength;
  }

  /** A copy in the kernel's memory; its address. */
  place(values: Float32Array | Int32Array): number {
    const at = this.room(values.byteLength);
    new Uint8Array(this.exports.memory.buffer, at).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
    return at;
  }

  /** Room that nothing else uses; its address. */
  room(bytes: number): number {
    const { memory } = this.exports;
    const at = this.top;
    this.top += Math.ceil(bytes / alignment) * alignment;
    const missing = this.top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, at, count);
  }
}

import { addReturn, chunkBytes, endPaths, endStep, startPaths, startStep } from './paths';
import { evenExpm1Of, exponentialOf, oddExpm1Of } from './polynomials';
import { fillNormals, randomBits } from './random';

/** Bytes of eight values: half of sixteen paths are drawn, the others are their mirror images. */
const drawnBytes: usize = 32;
/** At least 200 assets and one more, by eight normal values. */
const normals = memory.data(208 * 32, 16);
const mixing = memory.data(32, 16);

let assets: i32 = 0;
let triangle: usize = 0;
let slopes: usize = 0;
let constants: usize = 0;
let constant: f32 = 0;
let doublings: i32 = 0;
let freedom: i32 = 0;
let firsts: usize = 0;

/**
 * Correlated shocks y = L z. `triangleAt`: L by pairs of rows, column by column up to the diagonal of the second (padded with zeros:
 * `count` is even). An asset returns its constant + its slope * f(y): f(y) = exp(y 2^doublings) - 1, or y times a factor common to
 * the step where there are degrees of freedom (3 or more): multivariate Student-t of unit scale.
 */
export function describeShocks(count: i32, triangleAt: usize, slopesAt: usize, constantsAt: usize, all: f32): void {
  assets = count;
  triangle = triangleAt;
  slopes = slopesAt;
  constants = constantsAt;
  constant = all;
}

export function describeTails(doublingsOfExp: i32, degreesOfFreedom: i32): void {
  doublings = doublingsOfExp;
  freedom = degreesOfFreedom;
}

/** Room for 32 bytes a step, where a simulation is given totals. */
export function describeTotals(roomAt: usize): void {
  firsts = roomAt;
}

/**
 * Simulates `chunks` times sixteen paths: eight, and eight whose shocks are the same with the other sign (antithetic pairs). `totals`, a
 * standard normal value a pair, or 0: what the first normal values of all steps of its first path add up to, over the root of their number.
 */
export function simulateGaussian(steps: i32, chunks: i32, out: usize, totals: usize): void {
  for (let chunk = 0; chunk < chunks; chunk++) {
    startPaths();
    if (totals) {
      drawFirsts(steps, totals);
      totals += drawnBytes;
    }
    for (let step = 1; step <= steps; step++) {
      fillNormals(normals, assets << 1);
      if (totals) memory.copy(normals, firsts + (<usize>step - 1) * drawnBytes, drawnBytes);
      if (freedom) drawMixing();
      startStep(constant);
      correlate();
      endStep(step, out);
    }
    endPaths(out);
    out += chunkBytes;
  }
}

/** Independent normal values less their mean have lost nothing but their total: with another in its place they are normal again. */
function drawFirsts(steps: i32, totals: usize): void {
  fillNormals(firsts, steps << 1);
  const end = firsts + <usize>steps * drawnBytes;
  const count = f32x4.splat(<f32>steps);
  for (let v: usize = 0; v < drawnBytes; v += 16) {
    let sum = f32x4.splat(0);
    for (let at = firsts + v; at < end; at += drawnBytes) sum = f32x4.add(sum, v128.load(at));
    const wanted = f32x4.mul(v128.load(totals + v), f32x4.sqrt(count));
    const shift = f32x4.div(f32x4.sub(wanted, sum), count);
    for (let at = firsts + v; at < end; at += drawnBytes) v128.store(at, f32x4.add(v128.load(at), shift));
  }
}

/** sqrt((n - 2) / chi-squared of n degrees): halves of sums of exponentials, and a squared normal value when n is odd. */
function drawMixing(): void {
  if (freedom & 1) fillNormals(mixing, 2);
  for (let v: usize = 0; v < drawnBytes; v += 16) {
    let half = f32x4.splat(0);
    for (let pair = freedom >> 1; pair > 0; pair--) half = f32x4.add(half, exponentialOf(randomBits()));
    let chiSquared = f32x4.mul(f32x4.splat(2), half);
    if (freedom & 1) {
      const normal = v128.load(mixing + v);
      chiSquared = f32x4.add(chiSquared, f32x4.mul(normal, normal));
    }
    const ratio = f32x4.div(f32x4.splat(<f32>(freedom - 2)), f32x4.max(chiSquared, f32x4.splat(1e-6)));
    v128.store(mixing + v, f32x4.sqrt(ratio));
  }
}

/** Two rows at once share the normal values they load; two vectors share the coefficients. */
function correlate(): void {
  let l = triangle;
  for (let asset = 0; asset < assets; asset += 2) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    const end = normals + (<usize>asset + 2) * drawnBytes;
    for (let z = normals; z < end; z += drawnBytes, l += 8) {
      const la = v128.load32_splat(l);
      const lb = v128.load32_splat(l, 4);
      const z0 = v128.load(z);
      const z1 = v128.load(z, 16);
      a0 = f32x4.add(a0, f32x4.mul(la, z0));
      b0 = f32x4.add(b0, f32x4.mul(lb, z0));
      a1 = f32x4.add(a1, f32x4.mul(la, z1));
      b1 = f32x4.add(b1, f32x4.mul(lb, z1));
    }
    addShocks(asset, a0, a1);
    addShocks(asset + 1, b0, b1);
  }
}

@inline
function addShocks(asset: i32, y0: v128, y1: v128): void {
  const slope = v128.load32_splat(slopes + ((<usize>asset) << 2));
  const own = v128.load32_splat(constants + ((<usize>asset) << 2));
  addPair(asset, 0, slope, own, y0);
  addPair(asset, 16, slope, own, y1);
}

/** What a shock y does to vector `v` of the drawn paths, and -y to that of their mirror images. */
@inline
function addPair(asset: i32, v: usize, slope: v128, own: v128, y: v128): void {
  let up: v128;
  let down: v128;
  if (freedom) {
    up = f32x4.mul(y, v128.load(mixing + v));
    down = f32x4.neg(up);
  } else {
    const square = f32x4.mul(y, y);
    const odd = f32x4.mul(y, oddExpm1Of(square));
    const even = evenExpm1Of(square);
    up = f32x4.add(even, odd);
    down = f32x4.sub(even, odd);
    for (let i = 0; i < doublings; i++) {
      up = f32x4.mul(up, f32x4.add(up, f32x4.splat(2)));
      down = f32x4.mul(down, f32x4.add(down, f32x4.splat(2)));
    }
  }
  addReturn(asset, v, slope, own, up);
  addReturn(asset, v + drawnBytes, slope, own, down);
}

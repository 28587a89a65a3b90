/**
 * Polynomials in single precision, fitted for the smallest largest error on their interval. Only additions and multiplications
 * in a written order, so that every processor gives the same bits.
 * Constants lie in memory: V8 makes a vector of a written constant by three instructions at every use, a load is one.
 */

const ofLogarithm = memory.data<f32>(
  [0.118961004, -0.18667859, 0.204963322, -0.249097439, 0.333145087, -0.500011129, 1.00000097, 0.5, 1, 0.69314718],
  16,
);
/** The bits of sqrt(1/2), and the exponent of 2^31. */
const ofExponent = memory.data<i32>([0x3f3504f3, 31], 16);
const ofSine = memory.data<f32>([-0.004602177, 0.0796802281, -0.645963479, 1.57079632], 16);
const ofCosine = memory.data<f32>([-0.0204083525, 0.253598644, -1.23369701, 1], 16);
const ofExponential = memory.data<f32>([0.00835505961, 0.166666036, 1, 0.0417753005, 0.499998302], 16);

/** -ln u, u uniform in (0, 1] from the upper 31 bits; an exponential variable. Relative error below 2e-6, exactly 0 at u = 1. */
@inline
export function exponentialOf(bits: v128): v128 {
  const half = v128.load32_splat(ofLogarithm, 28);
  const scaled = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 1)), half); // u * 2^31
  const shifted = i32x4.sub(scaled, v128.load32_splat(ofExponent)); // from sqrt(1/2) on: the rest lies around 1
  const exponent = i32x4.shr_s(shifted, 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(exponent, 23)), v128.load32_splat(ofLogarithm, 32));
  let p = v128.load32_splat(ofLogarithm);
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 4));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 8));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 12));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 16));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 20));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(ofLogarithm, 24));
  const whole = f32x4.convert_i32x4_s(i32x4.sub(v128.load32_splat(ofExponent, 4), exponent));
  return f32x4.sub(f32x4.mul(whole, v128.load32_splat(ofLogarithm, 36)), f32x4.mul(p, f));
}

/** sin(pi x / 2) / x of x squared, |x| <= 1/2. */
@inline
export function sineRatioOf(square: v128): v128 {
  return cubicOf(ofSine, square);
}

/** cos(pi x / 2) of x squared, |x| <= 1/2. */
@inline
export function cosineOf(square: v128): v128 {
  return cubicOf(ofCosine, square);
}

@inline
function cubicOf(coefficients: usize, x: v128): v128 {
  let p = v128.load32_splat(coefficients);
  p = f32x4.add(f32x4.mul(p, x), v128.load32_splat(coefficients, 4));
  p = f32x4.add(f32x4.mul(p, x), v128.load32_splat(coefficients, 8));
  return f32x4.add(f32x4.mul(p, x), v128.load32_splat(coefficients, 12));
}

/** The odd part of exp(y) - 1 over y, and the even part, of y squared, |y| <= 1/4: error of their sum below 3e-8. */
@inline
export function oddExpm1Of(square: v128): v128 {
  let p = v128.load32_splat(ofExponential);
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(ofExponential, 4));
  return f32x4.add(f32x4.mul(p, square), v128.load32_splat(ofExponential, 8));
}

@inline
export function evenExpm1Of(square: v128): v128 {
  const fourth = v128.load32_splat(ofExponential, 12);
  const p = f32x4.add(f32x4.mul(fourth, square), v128.load32_splat(ofExponential, 16));
  return f32x4.mul(p, square);
}

/**
 * Polynomials in single precision, fitted for the smallest largest error on their interval. Only additions and multiplications
 * in a written order, so that every processor gives the same bits.
 */

/** -ln u, u uniform in (0, 1] from the upper 31 bits; an exponential variable. Relative error below 2e-6, exactly 0 at u = 1. */
@inline
export function exponentialOf(bits: v128): v128 {
  const scaled = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 1)), f32x4.splat(0.5)); // u * 2^31
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3)); // the bits of sqrt(1/2): the rest lies around 1
  const exponent = i32x4.shr_s(shifted, 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(exponent, 23)), f32x4.splat(1));
  let p = f32x4.splat(0.118961004);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-0.18667859));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.204963322));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-0.249097439));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.333145087));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-0.500011129));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.00000097));
  const whole = f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(31), exponent));
  return f32x4.sub(f32x4.mul(whole, f32x4.splat(0.69314718)), f32x4.mul(p, f));
}

/** sin(pi x / 2) / x of x squared, |x| <= 1/2. */
@inline
export function sineRatioOf(square: v128): v128 {
  let p = f32x4.splat(-0.004602177);
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(0.0796802281));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-0.645963479));
  return f32x4.add(f32x4.mul(p, square), f32x4.splat(1.57079632));
}

/** cos(pi x / 2) of x squared, |x| <= 1/2. */
@inline
export function cosineOf(square: v128): v128 {
  let p = f32x4.splat(-0.0204083525);
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(0.253598644));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-1.23369701));
  return f32x4.add(f32x4.mul(p, square), f32x4.splat(1));
}

/** The odd part of exp(y) - 1 over y, and the even part, of y squared, |y| <= 1/4: error of their sum below 3e-8. */
@inline
export function oddExpm1Of(square: v128): v128 {
  let p = f32x4.splat(0.00835505961);
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(0.166666036));
  return f32x4.add(f32x4.mul(p, square), f32x4.splat(1));
}

@inline
export function evenExpm1Of(square: v128): v128 {
  const p = f32x4.add(f32x4.mul(f32x4.splat(0.0417753005), square), f32x4.splat(0.499998302));
  return f32x4.mul(p, square);
}

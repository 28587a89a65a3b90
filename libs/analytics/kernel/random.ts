import { cosineOf, exponentialOf, sineRatioOf } from './polynomials';

/**
 * xoshiro128+ (Blackman and Vigna 2021), four streams side by side: one in each lane. The lowest bits of this generator are
 * weak, so what is made from it uses the upper ones.
 */
let s0: v128 = i32x4.splat(0);
let s1: v128 = i32x4.splat(0);
let s2: v128 = i32x4.splat(0);
let s3: v128 = i32x4.splat(0);

const words = memory.data(64, 16);
/** Two, and 2^-32: what brings a signed number of 32 bits to -1/2 to 1/2. */
const ofCircle = memory.data<f32>([2, 2.3283064365386963e-10], 16);
const signs = memory.data<u32>([0x80000000], 16);

/** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): neighbouring inputs give unrelated outputs. */
function mixed(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Each block of paths has streams of its own, from the seed and its number: whoever computes it gets the same numbers. */
export function seedStreams(seed: u32, block: u32): void {
  let counter = mixed(((<u64>seed) << 32) | (<u64>block));
  for (let i: usize = 0; i < 64; i += 8) {
    counter += 0x9e3779b97f4a7c15;
    store<u64>(words + i, mixed(counter));
  }
  s0 = v128.load(words);
  s1 = v128.load(words, 16);
  s2 = v128.load(words, 32);
  s3 = v128.load(words, 48);
}

/** 128 random bits: 32 of each stream. */
@inline
export function randomBits(): v128 {
  const bits = i32x4.add(s0, s3);
  const t = i32x4.shl(s1, 9);
  s2 = v128.xor(s2, s0);
  s3 = v128.xor(s3, s1);
  s1 = v128.xor(s1, s2);
  s0 = v128.xor(s0, s3);
  s2 = v128.xor(s2, t);
  s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
  return bits;
}

/** Fills an even number of vectors with standard normal values (Box and Muller 1958). */
export function fillNormals(out: usize, vectors: i32): void {
  const end = out + ((<usize>vectors) << 4);
  for (; out < end; out += 32) {
    const radius = f32x4.sqrt(f32x4.mul(v128.load32_splat(ofCircle), exponentialOf(randomBits())));
    const turn = randomBits();
    // Two bits choose the quarter of the circle, thirty the place in it.
    const part = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(turn, 2)), v128.load32_splat(ofCircle, 4));
    const square = f32x4.mul(part, part);
    const sine = f32x4.mul(part, sineRatioOf(square));
    const cosine = v128.xor(cosineOf(square), v128.and(i32x4.shl(turn, 1), v128.load32_splat(signs)));
    // Where the first bit is set the two change places.
    const change = v128.and(v128.xor(sine, cosine), i32x4.shr_s(turn, 31));
    v128.store(out, f32x4.mul(radius, v128.xor(cosine, change)));
    v128.store(out, f32x4.mul(radius, v128.xor(sine, change)), 16);
  }
}

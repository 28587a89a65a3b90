/**
 * Log-linear buckets: each power of two is cut into 64 equal parts, so a bucket is at most 1/64 of its value wide and
 * its middle is within 0.79 % of every sample in it. The number of a bucket is the sample's own IEEE 754 exponent and
 * leading 6 bits of mantissa: no logarithm on the hot path.
 */
const lowBits = 14;
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const high = littleEndian ? 1 : 0;
const low = 1 - high;

/** Bucket 0 is zero itself; samples must be finite and not negative. */
export function bucketOf(sample: number): number {
  float[0] = sample;
  return (words[high] ?? 0) >>> lowBits;
}

/** The middle of a bucket, which stands for all of its samples. */
export function valueOfBucket(bucket: number): number {
  if (bucket === 0) return 0;
  words[high] = (bucket << lowBits) | (1 << (lowBits - 1));
  words[low] = 0;
  return float[0] ?? 0;
}

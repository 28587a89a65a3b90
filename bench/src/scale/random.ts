/** Uniform in (0, 1), the same sequence for a seed on every machine: sfc32 by Chris Doty-Humphrey (public domain). */
export function seededUniform(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
}

/** Exponential with this mean: times between arrivals that know nothing of each other. */
export const exponential = (uniform: () => number, mean: number): number => -mean * Math.log(uniform());

/** How long one job takes: its mean in seconds, and its variance over the square of the mean (0: always alike, 1: exponential). */
export interface Duration {
  readonly meanSeconds: number;
  readonly squaredVariation: number;
}

/** Exponential where the variation is 1, else log-normal with mean and variation as given. */
export function drawDuration(uniform: () => number, { meanSeconds, squaredVariation }: Duration): number {
  if (squaredVariation === 1) return exponential(uniform, meanSeconds);
  const variance = Math.log(1 + squaredVariation);
  const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return meanSeconds * Math.exp(normal * Math.sqrt(variance) - variance / 2);
}

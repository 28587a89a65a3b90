/** Token number `i` as a word of three letters: it tells its place, and no gate takes it for a figure or a symbol. */
export const wordOf = (i: number): string =>
  String.fromCharCode(97 + (Math.floor(i / 676) % 26), 97 + (Math.floor(i / 26) % 26), 97 + (i % 26));

export const epochMs = (): number => performance.timeOrigin + performance.now();

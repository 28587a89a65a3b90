/** Takes samples as `Metrics` of the observability library does, and tells what it got. Pass it where that is expected. */
export class ManualMetrics {
  readonly samples: { name: string; value: number; dimensions: Readonly<Record<string, string>> }[] = [];

  count(name: string, value = 1, dimensions: Readonly<Record<string, string>> = {}): void {
    this.samples.push({ name, value, dimensions });
  }

  gauge(name: string, value: number, dimensions: Readonly<Record<string, string>> = {}): void {
    this.samples.push({ name, value, dimensions });
  }

  time(name: string, milliseconds: number, dimensions: Readonly<Record<string, string>> = {}): void {
    this.samples.push({ name, value: milliseconds, dimensions });
  }

  /** The sum of what was counted under that name. */
  total(name: string): number {
    return this.samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
  }
}

/** Clock and CPU time of one drain, from the first receive to the last delete. */
export class Stopwatch {
  private readonly startedAtMs = Date.now();
  private readonly started = performance.now();
  private readonly cpuAtStart = process.cpuUsage();

  print(messages: number): void {
    const { user, system } = process.cpuUsage(this.cpuAtStart);
    const wallMs = performance.now() - this.started;
    const drained = {
      messages,
      wallMs,
      cpuMs: (user + system) / 1000,
      startedAtMs: this.startedAtMs,
      endedAtMs: Date.now(),
    };
    process.stdout.write(`\n${JSON.stringify(drained)}\n`);
  }
}

/** Longer than any pause between two receives of a queue that is not empty. */
export const emptyForMs = 500;

/** Clock and CPU time of one drain, from the first message to the last. */
export class Stopwatch {
  private cpuAtStart = process.cpuUsage();
  private messages = 0;
  private startedAtMs = Date.now();
  private endedAtMs = this.startedAtMs;

  /** So many more are done. */
  lap(messages: number): void {
    this.endedAtMs = Date.now();
    if (this.messages === 0) {
      this.startedAtMs = this.endedAtMs;
      this.cpuAtStart = process.cpuUsage();
    }
    this.messages += messages;
  }

  /** Something was drained, and nothing more has come for a while. */
  get over(): boolean {
    return this.messages > 0 && Date.now() - this.endedAtMs > emptyForMs;
  }

  print(): void {
    const { user, system } = process.cpuUsage(this.cpuAtStart);
    const { messages, startedAtMs, endedAtMs } = this;
    process.stdout.write(`\n${JSON.stringify({ messages, cpuMs: (user + system) / 1000, startedAtMs, endedAtMs })}\n`);
  }
}

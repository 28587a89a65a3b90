/**
 * Waits for one promise after the other, until it is ended: that rejects the wait under way and all to come. A race with a promise that
 * lives as long as a stream would leave something behind on it with every value.
 */
export class Interruptible {
  private ended: Error | undefined;
  private reject: ((reason: Error) => void) | undefined;

  wait<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.ended) reject(this.ended);
      else this.reject = reject;
      work.then(resolve, reject);
    });
  }

  end(reason: Error): void {
    this.ended ??= reason;
    this.reject?.(this.ended);
  }
}

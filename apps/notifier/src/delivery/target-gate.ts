/** How many attempts run at once towards one receiver: a dead one must not hold all of the notifier. */
export class TargetGate {
  private readonly inside = new Map<string, number>();

  constructor(private readonly mostPerTarget: number) {}

  /** Runs `work`, or answers undefined at once when the receiver has enough to do. */
  async enter<Result>(target: string, work: () => Promise<Result>): Promise<Result | undefined> {
    const running = this.inside.get(target) ?? 0;
    if (running >= this.mostPerTarget) return undefined;
    this.inside.set(target, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.inside.get(target) ?? 1) - 1;
      if (left > 0) this.inside.set(target, left);
      else this.inside.delete(target);
    }
  }
}

/** Webhooks share a receiver by origin, mail by the one server that we hand it to. */
export const receiverOf = (channel: string, target: string): string =>
  channel === 'webhook' ? (URL.parse(target)?.origin ?? target) : channel;

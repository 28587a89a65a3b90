import type { Queue, Received } from './queue';

interface Waiter {
  readonly most: number;
  readonly visibilitySeconds: number | undefined;
  readonly settle: (received: Received[]) => void;
}

const longestTimerMs = 20_000;

/** Receivers that wait for messages, first come, first served. The queue is looked at when a message is sent and when one falls due. */
export class LongPolls {
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;

  constructor(private readonly queue: Queue) {}

  /** `hangUp` tells that the caller has gone: it then takes nothing. */
  async receive(
    most: number,
    waitMs: number,
    visibilitySeconds: number | undefined,
    hangUp: AbortSignal,
  ): Promise<Received[]> {
    const atOnce = this.waiters.size > 0 ? [] : this.queue.receive(most, visibilitySeconds);
    if (atOnce.length > 0 || waitMs <= 0) return atOnce;
    return new Promise((resolve) => {
      const settle = (received: Received[]): void => {
        clearTimeout(deadline);
        hangUp.removeEventListener('abort', leave);
        this.waiters.delete(waiter);
        resolve(received);
      };
      const leave = (): void => settle([]);
      const waiter: Waiter = { most, visibilitySeconds, settle };
      const deadline = setTimeout(leave, waitMs);
      hangUp.addEventListener('abort', leave);
      this.waiters.add(waiter);
      this.wake();
    });
  }

  /** Hands ready messages to those who wait. */
  wake(): void {
    for (const waiter of this.waiters) {
      const received = this.queue.receive(waiter.most, waiter.visibilitySeconds);
      if (received.length === 0) break;
      waiter.settle(received);
    }
    this.schedule();
  }

  /** The queue is gone or the endpoint stops: nobody waits any longer. */
  release(): void {
    clearTimeout(this.timer);
    for (const waiter of this.waiters) waiter.settle([]);
  }

  private schedule(): void {
    const dueAt = this.waiters.size > 0 ? (this.queue.nextChangeAt ?? Infinity) : Infinity;
    if (dueAt === this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = dueAt;
    if (dueAt === Infinity) return;
    const inMs = Math.min(Math.max(dueAt - Date.now(), 1), longestTimerMs);
    this.timer = setTimeout(() => {
      this.timerAt = Infinity;
      this.wake();
    }, inMs);
  }
}

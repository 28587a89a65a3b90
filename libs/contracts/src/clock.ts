/** The only source of the present time: injected, so that tests can hold it still. */
export abstract class Clock {
  abstract epochMs(): number;

  now(): Date {
    return new Date(this.epochMs());
  }

  epochSeconds(): number {
    return Math.floor(this.epochMs() / 1000);
  }
}

class SystemClock extends Clock {
  override epochMs(): number {
    // eslint-disable-next-line no-restricted-properties -- this is the clock
    return Date.now();
  }
}

export const systemClock: Clock = new SystemClock();

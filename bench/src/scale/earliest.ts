/** The times at which servers become free, the earliest first: a binary heap. */
export class Earliest {
  private readonly times: Float64Array;

  constructor(servers: number) {
    this.times = new Float64Array(servers);
  }

  get first(): number {
    return this.times[0]!;
  }

  /** The server that was free first has work until then. */
  replaceFirst(time: number): void {
    const { times } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= time) break;
      times[place] = times[child]!;
      place = child;
    }
    times[place] = time;
  }
}

/** Whether this process is about to end. Long streams and pollers listen to `signal` and finish early. */
export class ServiceState {
  private readonly controller = new AbortController();

  /** Aborted when draining begins. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get draining(): boolean {
    return this.controller.signal.aborted;
  }

  startDraining(): void {
    this.controller.abort();
  }
}

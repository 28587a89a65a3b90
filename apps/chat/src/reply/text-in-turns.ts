/** Characters; a model may also send without end in one turn. */
const mostWaiting = 4096;

/**
 * Text that comes within one turn of the event loop goes on as one piece: models send faster than anybody reads, and each piece costs its
 * way through gate, stream and gateway. A single one waits for nothing but what has arrived with it.
 */
export class TextInTurns {
  private text = '';
  private turn: NodeJS.Immediate | undefined;
  private failure: { readonly cause: unknown } | undefined;

  /** `give` has said so: nothing more is to be heard. */
  areEnough = false;

  constructor(private readonly give: (text: string) => boolean) {}

  /** Throws what `give` has thrown. */
  add(text: string): void {
    if (this.failure) throw this.failure.cause;
    this.text += text;
    if (this.text.length >= mostWaiting) this.flush();
    else this.turn ??= setImmediate(() => this.giveAtTurn());
  }

  /** What waits goes on at once. Throws what `give` throws, or has thrown. */
  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.failure) throw this.failure.cause;
    const text = this.text;
    this.text = '';
    if (text !== '') this.areEnough = this.give(text);
  }

  private giveAtTurn(): void {
    try {
      this.flush();
    } catch (cause) {
      this.failure = { cause };
    }
  }
}

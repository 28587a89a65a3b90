import type { Placed } from './watched';

/** Where a run stopped because its time was over; `behind` is absent where it had not begun. */
interface Stopped {
  readonly behind?: string;
}

/**
 * Works on rows as they come, a few at once, until there are none or the time is over: then on no further one. `work` does not
 * reject. undefined: all are done.
 */
export async function eachTogether<Row>(
  rows: AsyncGenerator<Placed<Row>>,
  work: (row: Row) => Promise<void>,
  { together, isOver }: { readonly together: number; readonly isOver: () => boolean },
): Promise<Stopped | undefined> {
  let behind: string | undefined;
  let stopped = false;
  const worker = async () => {
    while (!stopped) {
      const next = await rows.next();
      if (next.done) return;
      if (isOver()) {
        stopped = true;
        return;
      }
      behind = next.value.place;
      await work(next.value.row);
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  await rows.return(undefined);
  if (!stopped) return undefined;
  return behind === undefined ? {} : { behind };
}

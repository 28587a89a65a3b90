import type { Message } from './message';

interface Group {
  readonly id: string;
  readonly ready: Message[];
  /** Messages before this place have been taken. */
  head: number;
  inFlight: number;
}

const compactFrom = 1024;

/**
 * Messages ready to be received. Of the groups with something ready, the one with the fewest messages in flight is served first
 * and equal groups take turns, so a group with a flood does not keep the others waiting. Messages without a group are one group.
 */
export class FairBacklog {
  private readonly groups = new Map<string, Group>();
  /** Groups with something ready, by number in flight; within a level in the order in which they wait for their turn. */
  private readonly levels: Set<Group>[] = [];
  private readyCount = 0;

  get size(): number {
    return this.readyCount;
  }

  add(message: Message): void {
    this.waiting(message, (group) => group.ready.push(message));
  }

  /** A message whose visibility lapsed goes before those that nobody has received yet. */
  giveBack(message: Message): void {
    this.waiting(message, (group) => {
      if (group.head > 0) group.ready[--group.head] = message;
      else group.ready.unshift(message);
    });
  }

  /** Takes the next message and counts it as in flight. */
  take(): Message | undefined {
    for (const level of this.levels) {
      for (const group of level ?? []) {
        level.delete(group);
        const message = group.ready[group.head++]!;
        if (group.head > compactFrom && group.head * 2 > group.ready.length) {
          group.ready.splice(0, group.head);
          group.head = 0;
        }
        group.inFlight++;
        this.readyCount--;
        this.enlist(group);
        return message;
      }
    }
    return undefined;
  }

  /** The message is no longer in flight, whatever becomes of it. */
  landed(message: Message): void {
    const group = this.group(message);
    this.withdraw(group);
    group.inFlight--;
    this.enlist(group);
    this.forget(group);
  }

  /** Removes a message that was deleted or expired while ready. */
  remove(message: Message): void {
    const group = this.group(message);
    const at = group.ready.indexOf(message, group.head);
    if (at < 0) return;
    group.ready.splice(at, 1);
    this.readyCount--;
    if (group.head === group.ready.length) this.withdraw(group);
    this.forget(group);
  }

  clear(): void {
    this.groups.clear();
    this.levels.length = 0;
    this.readyCount = 0;
  }

  private waiting(message: Message, insert: (group: Group) => void): void {
    const group = this.group(message);
    insert(group);
    this.readyCount++;
    this.enlist(group);
  }

  private group({ groupId = '' }: Message): Group {
    let group = this.groups.get(groupId);
    if (!group) this.groups.set(groupId, (group = { id: groupId, ready: [], head: 0, inFlight: 0 }));
    return group;
  }

  private enlist(group: Group): void {
    if (group.head === group.ready.length) return;
    (this.levels[group.inFlight] ??= new Set()).add(group);
  }

  private withdraw(group: Group): void {
    this.levels[group.inFlight]?.delete(group);
  }

  private forget(group: Group): void {
    if (group.inFlight === 0 && group.head === group.ready.length) this.groups.delete(group.id);
  }
}

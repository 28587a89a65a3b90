import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../aws-error';
import type { Topics } from '../sns/topics';
import { Documents } from '../state/documents';
import { keptOf, newAlarm, type Alarm, type AlarmInput, type AlarmState, type KeptAlarm } from './alarm';
import { evaluateAlarm } from './alarm-evaluation';
import { alarmNotification } from './alarm-notification';
import { notFound } from './cloudwatch-errors';
import type { MetricStore } from './metric-store';

export interface HistoryItem {
  readonly alarmName: string;
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

const mostAlarms = 2000;
const mostHistory = 5000;

/** Alarms: evaluated every few seconds, telling topics when their state changes. */
export class Alarms {
  readonly history: HistoryItem[] = [];
  private readonly alarms: Map<string, Alarm>;
  private readonly documents: Documents<KeptAlarm>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    database: DatabaseSync,
    private readonly store: MetricStore,
    private readonly topics: Topics,
  ) {
    this.documents = new Documents<KeptAlarm>(database, 'alarm');
    const restored = (kept: KeptAlarm): Alarm => ({ ...newAlarm(kept.input, store, kept), ...kept });
    this.alarms = new Map([...this.documents.load()].map(([name, kept]) => [name, restored(kept)]));
  }

  put(input: AlarmInput): void {
    const before = this.alarms.get(input.AlarmName);
    if (!before && this.alarms.size >= mostAlarms)
      throw new AwsError('LimitExceededFault', 'Too many alarms', { queryCode: 'LimitExceeded' });
    const alarm = newAlarm(input, this.store, before);
    this.keep(alarm);
    this.alarms.set(input.AlarmName, alarm);
    this.note(alarm, 'ConfigurationUpdate', `Alarm "${input.AlarmName}" ${before ? 'updated' : 'created'}`, {
      type: before ? 'Update' : 'Create',
    });
  }

  get(name: string): Alarm {
    const alarm = this.alarms.get(name);
    if (!alarm) throw notFound(`Unknown alarm ${name}`);
    return alarm;
  }

  byArn(arn: string): Alarm | undefined {
    return this.list().find((alarm) => alarm.arn === arn);
  }

  list(): Alarm[] {
    return [...this.alarms.values()].sort((a, b) => (a.input.AlarmName < b.input.AlarmName ? -1 : 1));
  }

  delete(names: readonly string[]): void {
    for (const name of names) {
      this.documents.delete(name);
      this.alarms.delete(name);
    }
  }

  enableActions(names: readonly string[], enabled: boolean): void {
    for (const name of names) {
      const alarm = this.alarms.get(name);
      if (!alarm) continue;
      alarm.actionsEnabled = enabled;
      this.keep(alarm);
    }
  }

  tag(alarm: Alarm, tags: Alarm['tags']): void {
    alarm.tags = tags;
    this.keep(alarm);
  }

  setState(alarm: Alarm, state: AlarmState, reason: string, reasonData?: string): void {
    const before = alarm.state;
    const now = Date.now();
    alarm.stateUpdatedAt = now;
    if (before === state) return;
    Object.assign(alarm, { state, reason, reasonData, stateChangedAt: now });
    this.keep(alarm);
    this.note(alarm, 'StateUpdate', `Alarm updated from ${before} to ${state}`, {
      oldState: { stateValue: before },
      newState: { stateValue: state, stateReason: reason },
    });
    if (alarm.actionsEnabled) this.act(alarm, before);
  }

  /** One alarm that cannot be judged does not keep the others from it. */
  evaluate(now = Date.now()): void {
    for (const alarm of this.alarms.values()) {
      try {
        const verdict = evaluateAlarm(alarm, now);
        if (verdict) this.setState(alarm, verdict.state, verdict.reason);
      } catch (error) {
        const reason = error instanceof AwsError ? error.message : 'the evaluation failed';
        this.setState(alarm, 'INSUFFICIENT_DATA', `Insufficient Data: ${reason}`);
      }
    }
  }

  start(everyMs: number, before: () => void): void {
    this.timer = setInterval(() => {
      before();
      this.evaluate();
    }, everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private keep(alarm: Alarm): void {
    this.documents.put(alarm.input.AlarmName, keptOf(alarm));
  }

  private act(alarm: Alarm, before: AlarmState): void {
    const { AlarmActions, OKActions, InsufficientDataActions } = alarm.input;
    const actions =
      { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[alarm.state] ?? [];
    const notification = alarmNotification(alarm, before);
    for (const target of actions) {
      let outcome = 'Succeeded';
      try {
        this.topics.publish(target, notification);
      } catch (error) {
        outcome = `Failed: ${error instanceof AwsError ? error.message : 'internal error'}`;
      }
      const summary = `${outcome === 'Succeeded' ? 'Successfully executed' : 'Failed to execute'} action ${target}`;
      this.note(alarm, 'Action', summary, {
        actionState: outcome,
        stateUpdateTimestamp: alarm.stateChangedAt,
        notificationResource: target,
      });
    }
  }

  private note({ input }: Alarm, type: HistoryItem['type'], summary: string, data: object): void {
    this.history.push({
      alarmName: input.AlarmName,
      at: Date.now(),
      type,
      summary,
      data: JSON.stringify({ version: '1.0', ...data }),
    });
    if (this.history.length > mostHistory) this.history.splice(0, this.history.length - mostHistory);
  }
}

import { z } from 'zod';
import { operation, type Operations } from '../http/json-service';
import { AlarmInput, describeAlarm } from './alarm';
import type { Alarms } from './alarms';
import { notFound, validationError } from './cloudwatch-errors';
import { page, Time } from './metric-operations';

const Names = z.object({ AlarmNames: z.array(z.string()).max(100) });
const State = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const Resource = z.object({ ResourceARN: z.string() });

/** Alarms with their history and tags. */
export function alarmOperations(alarms: Alarms): Operations {
  const tagged = (arn: string) => {
    const alarm = alarms.byArn(arn);
    if (!alarm) throw notFound(`Unknown resource ${arn}`);
    return alarm;
  };
  return {
    PutMetricAlarm: operation(AlarmInput, (input) => alarms.put(input)),
    DescribeAlarms: operation(
      z.object({
        AlarmNames: z.array(z.string()).max(100).nullish(),
        AlarmNamePrefix: z.string().nullish(),
        AlarmTypes: z.array(z.string()).nullish(),
        StateValue: State.nullish(),
        ActionPrefix: z.string().nullish(),
        MaxRecords: z.number().int().min(1).max(100).nullish(),
        NextToken: z.string().nullish(),
      }),
      (input) => {
        if (input.AlarmTypes?.length && !input.AlarmTypes.includes('MetricAlarm'))
          return { MetricAlarms: [], CompositeAlarms: [] };
        const found = alarms.list().filter(({ state, input: { AlarmName, AlarmActions } }) => {
          const { ActionPrefix: action } = input;
          return (
            (input.AlarmNames?.includes(AlarmName) ?? true) &&
            AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
            (!input.StateValue || state === input.StateValue) &&
            (!action || (AlarmActions ?? []).some((target) => target.startsWith(action)))
          );
        });
        const { shown, ...more } = page(found, input.MaxRecords ?? 50, input.NextToken);
        return { MetricAlarms: shown.map(describeAlarm), CompositeAlarms: [], ...more };
      },
    ),
    DescribeAlarmsForMetric: operation(
      z.object({ MetricName: z.string(), Namespace: z.string() }),
      ({ MetricName, Namespace }) => ({
        MetricAlarms: alarms
          .list()
          .filter(({ input }) => input.MetricName === MetricName && input.Namespace === Namespace)
          .map(describeAlarm),
      }),
    ),
    DescribeAlarmHistory: operation(
      z.object({
        AlarmName: z.string().nullish(),
        HistoryItemType: z.string().nullish(),
        StartDate: Time.nullish(),
        EndDate: Time.nullish(),
        ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).nullish(),
        MaxRecords: z.number().int().min(1).max(100).nullish(),
        NextToken: z.string().nullish(),
      }),
      (input) => {
        const found = alarms.history.filter(
          ({ alarmName, type, at }) =>
            (!input.AlarmName || alarmName === input.AlarmName) &&
            (!input.HistoryItemType || type === input.HistoryItemType) &&
            at >= (input.StartDate ?? 0) &&
            at <= (input.EndDate ?? Infinity),
        );
        if (input.ScanBy !== 'TimestampAscending') found.reverse();
        const { shown, ...more } = page(found, input.MaxRecords ?? 100, input.NextToken);
        const AlarmHistoryItems = shown.map(({ alarmName, type, at, summary, data }) => ({
          AlarmName: alarmName,
          AlarmType: 'MetricAlarm',
          Timestamp: at / 1000,
          HistoryItemType: type,
          HistorySummary: summary,
          HistoryData: data,
        }));
        return { AlarmHistoryItems, ...more };
      },
    ),
    SetAlarmState: operation(
      z.object({
        AlarmName: z.string(),
        StateValue: State,
        StateReason: z.string(),
        StateReasonData: z.string().nullish(),
      }),
      ({ AlarmName, StateValue, StateReason, StateReasonData }) => {
        if (StateReason === '') throw validationError('StateReason is required');
        alarms.setState(alarms.get(AlarmName), StateValue, StateReason, StateReasonData ?? undefined);
      },
    ),
    DeleteAlarms: operation(Names, ({ AlarmNames }) => alarms.delete(AlarmNames)),
    EnableAlarmActions: operation(Names, ({ AlarmNames }) => alarms.enableActions(AlarmNames, true)),
    DisableAlarmActions: operation(Names, ({ AlarmNames }) => alarms.enableActions(AlarmNames, false)),
    TagResource: operation(
      Resource.extend({ Tags: z.array(z.object({ Key: z.string().min(1), Value: z.string() })) }),
      ({ ResourceARN, Tags }) => {
        const alarm = tagged(ResourceARN);
        alarms.tag(alarm, { ...alarm.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) });
      },
    ),
    UntagResource: operation(Resource.extend({ TagKeys: z.array(z.string()) }), ({ ResourceARN, TagKeys }) => {
      const alarm = tagged(ResourceARN);
      const left = Object.entries(alarm.tags).filter(([key]) => !TagKeys.includes(key));
      alarms.tag(alarm, Object.fromEntries(left));
    }),
    ListTagsForResource: operation(Resource, ({ ResourceARN }) => ({
      Tags: Object.entries(tagged(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

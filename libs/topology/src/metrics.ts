export const metricNamespace = 'StockTool';

/** Every metric of ours and the sets of dimensions it is published with; `[]` is the metric without dimensions. */
export const metrics = {
  APILatency: { unit: 'Milliseconds', dimensionSets: [[], ['Endpoint']] },
  Requests: { unit: 'Count', dimensionSets: [[], ['Endpoint']] },
  Errors: { unit: 'Count', dimensionSets: [[], ['Endpoint']] },
  ToolExecutionTime: { unit: 'Milliseconds', dimensionSets: [['Tool']] },
  ToolErrors: { unit: 'Count', dimensionSets: [['Tool']] },
  CacheHits: { unit: 'Count', dimensionSets: [['Cache']] },
  CacheMisses: { unit: 'Count', dimensionSets: [['Cache']] },
  VendorFailures: { unit: 'Count', dimensionSets: [['Vendor']] },
  VendorDisagreements: { unit: 'Count', dimensionSets: [[]] },
  ModelTokens: { unit: 'Count', dimensionSets: [['Model', 'Kind']] },
  UngroundedNumbers: { unit: 'Count', dimensionSets: [['Model']] },
  ModelFailures: { unit: 'Count', dimensionSets: [['Model']] },
  ModelLatency: { unit: 'Milliseconds', dimensionSets: [['Model']] },
  QueueDepth: { unit: 'Count', dimensionSets: [['Queue']] },
  ClaimsUnsettled: { unit: 'Count', dimensionSets: [[]] },
  ClaimsLost: { unit: 'Count', dimensionSets: [[]] },
  RowsUnreadable: { unit: 'Count', dimensionSets: [['Table']] },
  MetricsDropped: { unit: 'Count', dimensionSets: [[]] },
  Heartbeat: { unit: 'Count', dimensionSets: [['Service']] },
} as const;

export type MetricName = keyof typeof metrics;

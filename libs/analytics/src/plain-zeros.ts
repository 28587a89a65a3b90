/**
 * The same value with 0 for every -0 (the loss of what never moves): JSON has no -0, so a result would come back from storage
 * different from what it was.
 */
export function plainZeros<Value>(value: Value): Value {
  if (value === 0) return 0 as Value;
  if (Array.isArray(value)) return value.map(plainZeros) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plainZeros(child)])) as Value;
}

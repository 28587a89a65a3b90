/**
 * Puts 0 where -0 is (the loss of what never moves), in place: JSON has no -0, so a result would come back from storage different from what it was.
 * Gives the value back.
 */
export function plainZeros<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    const list = value as unknown[];
    for (let i = 0; i < list.length; i++)
      if (list[i] === 0) list[i] = 0;
      else if (typeof list[i] === 'object') plainZeros(list[i]);
  } else if (value !== null && typeof value === 'object') {
    const fields = value as Record<string, unknown>;
    for (const key in fields)
      if (fields[key] === 0) fields[key] = 0;
      else if (typeof fields[key] === 'object') plainZeros(fields[key]);
  }
  return value;
}

const words =
  "yes|yep|yeah|sure|ok(?:ay)?|please|confirm(?:ed)?|i\\s+confirm|do\\s+(?:it|so|that)|set\\s+(?:it|them|the\\s+alerts?)|create\\s+(?:it|them|the\\s+alerts?)|go\\s+ahead|correct|that(?:'s|’s|\\s+is)\\s+right";
const confirmation = new RegExp(String.raw`^\s*(?:(?:${words})[\s,.!]*)+$`, 'i');
const refusal = /^\s*(?:no(?:pe)?|cancel|stop|don['’]?t|do\s+not|never\s*mind)\b/i;
const longest = 80;

/** A whole message that says yes and nothing else: whoever asks for something besides has not confirmed. */
export const isConfirmation = (message: string): boolean => message.length <= longest && confirmation.test(message);

export const isRefusal = (message: string): boolean => message.length <= longest && refusal.test(message);

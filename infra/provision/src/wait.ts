import { setTimeout as delay } from 'node:timers/promises';
import { accountArns } from './arns';
import type { AwsSettings } from './clients';

const everyMs = 250;

/** Until the account answers: an emulator that is started beside the provisioner needs a moment. Fails with the last reason. */
export async function untilItAnswers(settings: AwsSettings, seconds: number): Promise<void> {
  const deadline = performance.now() + 1000 * seconds;
  for (;;) {
    try {
      await accountArns(settings);
      return;
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`AWS did not answer within ${seconds} s: ${String(error)}`, { cause: error });
      await delay(everyMs);
    }
  }
}

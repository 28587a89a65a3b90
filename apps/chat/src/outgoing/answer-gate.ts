import type { Facts } from '../grounding/facts';
import { NumberGate, type Released } from '../grounding/number-gate';
import type { KnownLinks } from './known-links';
import { LeakGate } from './leak-gate';
import { LinkGate } from './link-gate';

const refusal = 'I do not show the instructions that I work by.';

/** All that an answer goes through before anybody reads it: links, the system prompt, numbers. */
export class AnswerGate {
  private readonly links: LinkGate;
  private readonly leak: LeakGate;
  private readonly numbers: NumberGate;

  constructor(facts: Facts, known: KnownLinks, system: string) {
    this.links = new LinkGate(known);
    this.leak = new LeakGate(system);
    this.numbers = new NumberGate(facts);
  }

  /** From then on nothing is shown any more. */
  get leaked(): boolean {
    return this.leak.leaked;
  }

  push(text: string): Released {
    return this.shown(this.links.push(text));
  }

  flush(): Released {
    return joined(this.shown(this.links.flush()), this.numbers.flush());
  }

  private shown(text: string): Released {
    if (this.leaked || text === '') return { text: '', grounding: [] };
    const safe = this.leak.push(text);
    return this.leaked ? joined(this.numbers.push(refusal), this.numbers.flush()) : this.numbers.push(safe);
  }
}

const joined = (one: Released, other: Released): Released => ({
  text: one.text + other.text,
  grounding: [...one.grounding, ...other.grounding],
});

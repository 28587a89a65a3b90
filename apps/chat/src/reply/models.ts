import { Problem, type ModelRow } from '@stocktool/contracts';
import type { LanguageModel } from '@stocktool/llm';

/** The models that are configured; the first is the default. */
export class Models {
  constructor(private readonly models: readonly [LanguageModel, ...LanguageModel[]]) {}

  /** Problem `validation-failed` for a name that is not configured. */
  find(name?: string): LanguageModel {
    if (name === undefined) return this.models[0];
    const found = this.models.find((model) => model.name === name);
    if (found) return found;
    const message = `no model ${name}; there is ${this.models.map((model) => model.name).join(', ')}`;
    throw new Problem('validation-failed', message, { errors: [{ path: 'model', message }] });
  }

  list(): ModelRow[] {
    return this.models.map(({ name, provider }, i) => ({ name, provider, available: true, default: i === 0 }));
  }
}

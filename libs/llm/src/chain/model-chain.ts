import { Problem } from '@stocktool/contracts';
import type { Expense } from '../cost/payer';
import { LanguageModel, type Part, type Prompt } from '../language-model';
import { ModelFailure } from './model-failure';
import type { ModelLink } from './model-link';

/**
 * Models in the order in which they are asked, as one. The next is asked only while nothing of an answer has been given on; a
 * failure after that ends the stream. When none answers, the model that stands in does, and says so by `degraded`.
 */
export class ModelChain extends LanguageModel {
  constructor(
    private readonly links: readonly [ModelLink, ...ModelLink[]],
    private readonly standIn: LanguageModel,
  ) {
    super();
  }

  override get name(): string {
    return this.links[0].name;
  }

  override get provider(): string {
    return this.links[0].model.provider;
  }

  override expense(promptTokens: number): Expense {
    return this.links[0].expense(promptTokens);
  }

  override async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
    for (const link of this.links) {
      const parts = await link.begin(prompt, signal).catch(passedBy);
      if (!parts) continue;
      yield { type: 'model-chosen', model: link.name, degraded: false };
      try {
        yield* parts;
      } catch (error) {
        if (!(error instanceof ModelFailure)) throw error;
        throw new Problem('dependency-unavailable', 'The model broke off in the middle of its answer.', {
          cause: error,
          retryAfterSeconds: 5,
        });
      }
      return;
    }
    yield { type: 'model-chosen', model: this.standIn.name, degraded: true };
    yield* this.standIn.stream(prompt, signal);
  }
}

function passedBy(error: unknown): undefined {
  if (!(error instanceof ModelFailure)) throw error;
}

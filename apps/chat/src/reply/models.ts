import { Problem, type ModelRow } from '@stocktool/contracts';
import { type LanguageModel, ModelChain, type ModelLink } from '@stocktool/llm';

/** The models that are configured, in the order in which they are asked; the first is the default. */
export class Models {
  constructor(
    private readonly links: readonly ModelLink[],
    private readonly offline: LanguageModel,
  ) {}

  /**
   * A model that is asked for by name is asked first, and the others where it fails; the offline model stands in at the end, or
   * is asked for itself. Problem `validation-failed` for a name that is not configured.
   */
  find(name?: string): LanguageModel {
    if (name === this.offline.name) return this.offline;
    const wanted = this.links.find((link) => link.name === name);
    if (name !== undefined && !wanted) throw this.unknown(name);
    const [first, ...others] = wanted ? [wanted, ...this.links.filter((link) => link !== wanted)] : this.links;
    return first ? new ModelChain([first, ...others], this.offline) : this.offline;
  }

  list(): ModelRow[] {
    const rows = this.links.map(({ name, available, model }) => ({ name, provider: model.provider, available }));
    const { name, provider } = this.offline;
    return [...rows, { name, provider, available: true }].map((row, i) => ({ ...row, default: i === 0 }));
  }

  private unknown(name: string): Problem {
    const message = `no model ${name}; there is ${this.list()
      .map((row) => row.name)
      .join(', ')}`;
    return new Problem('validation-failed', message, { errors: [{ path: 'model', message }] });
  }
}

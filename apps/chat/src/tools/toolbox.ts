import { chatTools, Problem, type ChatToolName } from '@stocktool/contracts';
import type { ToolDefinition } from '@stocktool/llm';
import type { Tool, ToolContext } from './tool';

type AnyTool = { [Name in ChatToolName]: Tool<Name> }[ChatToolName];

/** The tools that have what they need; only these are offered to a model. */
export class Toolbox {
  private readonly tools: ReadonlyMap<string, AnyTool>;

  constructor(tools: readonly AnyTool[]) {
    this.tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  has(name: string): boolean {
    return this.tools.has(name);
  }

  definitions(): ToolDefinition[] {
    return [...this.tools.values()].map(({ name }) => {
      const { description, parameters } = chatTools[name];
      return { name, description, parameters };
    });
  }

  /** Throws ZodError for arguments that do not fit and whatever Problem the tool has. */
  async run(
    name: string,
    args: Record<string, unknown>,
    context: ToolContext,
  ): Promise<{ result: unknown; summary: string; question?: string }> {
    const tool = this.tools.get(name) as Tool | undefined;
    if (!tool) throw new Problem('validation-failed', `There is no tool ${name}.`);
    const checked = chatTools[tool.name].parameters.parse(args);
    const result = chatTools[tool.name].result.parse(await tool.run(checked, context));
    const question = tool.question(result);
    return { result, summary: tool.summary(result), ...(question !== undefined && { question }) };
  }
}

export {
  LanguageModel,
  type Part,
  type Prompt,
  type PromptMessage,
  type TokenUsage,
  type ToolCall,
  type ToolDefinition,
} from './language-model';
export { OfflineModel } from './offline/offline-model';
export type { SymbolDirectory } from './offline/symbol-directory';

export { Interruptible } from './chain/interruptible';
export { ModelChain } from './chain/model-chain';
export type { ModelLink } from './chain/model-link';
export type { Expense, Payer, Reservation } from './cost/payer';
export { costMicroUsd } from './cost/price';
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
export { openModels } from './open-models';
export { Tokenizer } from './tokenizer';
export { promptTokensAtMost } from './tokens';
export { modelEnvironment, modelSettings } from './settings';

export { FunctionProcess } from './function-process';
export { packageFunctions, type PackagedFunction } from './package-function';

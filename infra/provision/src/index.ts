export { type Finding, isWrong } from './finding';
export { provision, type ProvisionSettings } from './provision';

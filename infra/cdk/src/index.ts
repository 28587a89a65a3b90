export { createFromTemplate, type Place } from './template/from-template';
export { Template } from './template/resolver';

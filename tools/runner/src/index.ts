export { System } from './system';

export { buildImages, type BuiltImage } from './build-images';
export { docker, noEngine, shown } from './docker';
export { type ImageSpec, localImages, repositoryOf, serviceImages } from './images';

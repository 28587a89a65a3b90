import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from './template/resolver';

interface Templates {
  readonly delivery: Template;
  readonly data: Template;
  readonly app: Template;
}

/** What the setup of this project's tests has synthesized. */
export function templatesOf(
  environment: string,
  assembly: 'environments' | 'two-regions' | 'live' = 'environments',
): Templates {
  const of = (part: string): Template => {
    const file = `.jest/templates/${assembly}/stocktool-${environment}-${part}.template.json`;
    return Template.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')));
  };
  return { delivery: of('delivery'), data: of('data'), app: of('app') };
}

import { type PrincipalId, topology } from '@stocktool/topology';
import { z } from 'zod';
import { readPolicy, type Statement } from './policy';
import { Resolver, type Template } from '../template/resolver';

const Ref = z.object({ Ref: z.string() });
const RoleArn = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });

/** What each service's own code may do, by the roles of the app's template; `others` are the stacks that it imports from. */
export function taskPolicies(app: Template, others: readonly Template[]): Record<PrincipalId, Statement[]> {
  const resolver = new Resolver(app, others);
  const policyOf = (role: unknown): Statement[] => statementsOf(app, RoleArn.parse(role)['Fn::GetAtt'][0], resolver);
  const principals = [...Object.entries(topology.services), ...Object.entries(topology.functions)];
  return Object.fromEntries(
    principals.map(([id, { name }]) => {
      const [resource, ...more] = Object.values(app.Resources).filter(
        ({ Type, Properties }) =>
          (Type === 'AWS::ECS::TaskDefinition' && Properties['Family'] === `stocktool-${name}`) ||
          (Type === 'AWS::Lambda::Function' && Properties['FunctionName'] === name),
      );
      if (resource === undefined || more.length > 0) throw new Error(`There is not one task or function ${name}`);
      return [id, policyOf(resource.Properties['TaskRoleArn'] ?? resource.Properties['Role'])];
    }),
  ) as Record<PrincipalId, Statement[]>;
}

function statementsOf(template: Template, roleId: string, resolver: Resolver): Statement[] {
  const role = template.Resources[roleId];
  if (role?.Type !== 'AWS::IAM::Role') throw new Error(`${roleId} is no role`);
  const known = new Set(['AssumeRolePolicyDocument', 'Description', 'Tags', 'RoleName']);
  for (const property of Object.keys(role.Properties))
    if (!known.has(property)) throw new Error(`${property} of the role ${roleId} is not known here`);
  const documents = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy')
    .filter(({ Properties }) =>
      z
        .array(Ref)
        .parse(Properties['Roles'])
        .some((reference) => reference.Ref === roleId),
    )
    .map(({ Properties }) => Properties['PolicyDocument']);
  return documents.flatMap((document) => readPolicy(document, resolver));
}

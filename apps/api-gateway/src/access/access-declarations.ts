import { Injectable, RequestMethod, type OnModuleInit, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { accessRuleKey, type AccessRule } from './access';

export interface DeclaredRoute {
  readonly name: string;
  readonly method: string;
  /** With Fastify's `:parameters`, as the metrics name it. */
  readonly path: string;
  readonly rule: AccessRule | undefined;
}

/** Refuses to start with a route that does not say who may call it: a forgotten decorator must not be an open door. */
@Injectable()
export class AccessDeclarations implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const missing = this.routes().filter(({ rule }) => rule === undefined);
    if (missing.length > 0) throw new Error(`routes without @Access: ${missing.map(({ name }) => name).join(', ')}`);
  }

  /** Every route of every controller but the health probes, which are open by their nature. */
  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const controller = metatype as Type;
      const base = pathOf(controller);
      if (base === 'health') return [];
      return this.scanner
        .getAllMethodNames(controller.prototype as object)
        .map((method) => ({ method, handler: (controller.prototype as Record<string, () => void>)[method]! }))
        .filter(({ handler }) => Reflect.hasMetadata(METHOD_METADATA, handler))
        .map(({ method, handler }) => ({
          name: `${controller.name}.${method}`,
          method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod],
          path: `/${base}/${pathOf(handler)}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
          rule: this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, [handler, controller]),
        }));
    });
  }
}

const pathOf = (target: object): string => String(Reflect.getMetadata(PATH_METADATA, target) ?? '').replace(/^\//, '');

import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import { loadPackage } from '@nestjs/common/internal';
import { type ExecutionContext } from '@nestjs/common';
import { chatPackage, chatProto, requestIdKey } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import protobuf from 'protobufjs';
import { Observable } from 'rxjs';
import { requestIdOf, scopeOf } from './request-scope';

/** Made from the contract's text, so that no .proto file has to travel with a bundle. */
export function chatPackageDefinition(): PackageDefinition {
  return fromJSON(protobuf.parse(chatProto).root.toJSON(), {
    longs: Number,
    defaults: true,
    oneofs: true,
  });
}

/**
 * Nest loads the gRPC packages by name at run time, which a bundle cannot resolve; once they have been loaded through here,
 * they are in its cache. Call before an app with a gRPC server or client is created.
 */
export async function prewarmGrpc(): Promise<void> {
  const grpc = await import('@grpc/grpc-js');
  // It writes to standard error, past the logger, what it also throws.
  grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  await loadPackage('@grpc/grpc-js', 'main', () => Promise.resolve(grpc));
  await loadPackage('@grpc/proto-loader', 'main', () => import('@grpc/proto-loader'));
}

/** Options of the chat service's gRPC server, for connectMicroservice. */
export function chatGrpcOptions(url: string) {
  return {
    package: chatPackage,
    packageDefinition: chatPackageDefinition(),
    url,
    gracefulShutdown: true,
    maxReceiveMessageLength: 8 * 1024 * 1024,
    maxSendMessageLength: 8 * 1024 * 1024,
  };
}

/**
 * Options of a client of it, for ClientsModule. Several addresses (`dns:///name:port`, `ipv4:a:1,b:2`) are used in turn; one
 * that was away is tried again within a second, where the default waits for up to two minutes; one that hangs is noticed by
 * pings.
 */
export function chatGrpcClientOptions(url: string) {
  return {
    ...chatGrpcOptions(url),
    channelOptions: {
      'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.keepalive_time_ms': 2000,
      'grpc.keepalive_timeout_ms': 2000,
    },
  };
}

interface MetadataLike {
  get(key: string): unknown[];
}

/** Puts each gRPC call into the request context that its metadata names. */
export function rpcContextHook(context: ExecutionContext, next: () => Observable<unknown>): Observable<unknown> {
  const metadata = context.switchToRpc().getContext<MetadataLike | undefined>();
  const requestId = requestIdOf({ headers: { [requestIdKey]: textOf(metadata?.get(requestIdKey)[0]) } });
  const scope = scopeOf(requestId, metadata?.get('traceparent')[0]);
  return new Observable((subscriber) => RequestContext.run(scope, () => next().subscribe(subscriber)));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

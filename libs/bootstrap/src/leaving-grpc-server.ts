import type { Server } from '@grpc/grpc-js';
import { ServerGrpc } from '@nestjs/microservices';

/** Nest's gRPC server, which can send its callers elsewhere before it closes. */
export class LeavingGrpcServer extends ServerGrpc {
  /** Stops listening and says GOAWAY on every connection; calls that run go on to their end. */
  leave(): void {
    (this.grpcClient as Server).unbind(this.url);
  }
}

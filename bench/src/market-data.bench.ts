import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { topology } from '@stocktool/topology';
import { memoryHits, originCalls, tableHits } from './market-data/in-process';
import { overHttp } from './market-data/over-http';
import { keepResult } from './results';
import { startBenchSystem } from './system/bench-system';

/**
 * A quote from memory, from DynamoDB beside a bare GetItem, from a vendor on this machine, and over HTTP with every hook of
 * production beside a bare Fastify route.
 */
const { gatewayUrl, apiKey, awsEndpoint, stateDirectory, processIds, freePort, stop } = await startBenchSystem();
const dynamo = new DynamoDBClient({
  endpoint: awsEndpoint,
  region: topology.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const memory = await memoryHits(dynamo);
console.log('memory', memory);
const table = await tableHits(dynamo);
console.log('DynamoDB', table);
const origin = await originCalls(dynamo);
console.log('origin', origin);
const http = await overHttp({
  url: gatewayUrl,
  apiKey,
  processId: processIds['api-gateway']!,
  stateDirectory,
  firstPort: freePort,
});
console.table(http.rows);
console.table(http.costs);
const { rateRatio, cpuRatio, p99Ratio } = http;
console.log(
  `rate ${rateRatio.toFixed(2)} of the bare route, p99 ${p99Ratio.toFixed(2)} times, processor time ${cpuRatio.toFixed(2)} times`,
);
keepResult('market-data', { memory, table, origin, http });
await stop();
process.exit(0);

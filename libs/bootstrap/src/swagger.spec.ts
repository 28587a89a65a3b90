import { Body, Controller, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { z } from 'zod';
import { ApiProblems, swaggerDocs } from './swagger';
import { testService } from './test-service';

const Order = z.strictObject({ symbol: z.string().max(20) }).meta({ id: 'Order' });
type Order = z.infer<typeof Order>;

@Controller('v1/orders')
class OrdersController {
  @Post()
  @ApiProblems(400, 401)
  create(@Body({ schema: Order }) order: Order): Order {
    return order;
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  const swagger = swaggerDocs({ title: 'StockTool', version: '1.0.0', description: 'x', directory: '/no/such/folder' });
  app = await testService(OrdersModule, { swagger });
});
afterAll(() => app.close());

it('/openapi.json has the schemas of routes and their problems', async () => {
  const { body } = await request(app.getHttpServer()).get('/openapi.json').expect(200);
  expect(body.components.schemas.Order).toMatchObject({ properties: { symbol: { type: 'string', maxLength: 20 } } });
  const reference = { $ref: '#/components/schemas/Problem' };
  expect(body.paths['/v1/orders'].post.responses['401'].content).toEqual({
    'application/problem+json': { schema: reference },
  });
  expect(body.components.schemas.Problem.required).toEqual(['type', 'title', 'status']);
});

it('/docs shows it, with its scripts and styles', async () => {
  const page = await request(app.getHttpServer()).get('/docs').expect(200);
  expect(page.text).toContain('StockTool');
  const script = await request(app.getHttpServer()).get('/docs/swagger-ui-bundle.js').expect(200);
  expect(script.headers['content-type']).toContain('javascript');
});

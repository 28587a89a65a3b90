export { EventPublisher } from './event-publisher';
export { TopicDirectory } from './topic-directory';
export { TopicModule } from './topic.module';
